using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Processors.Editing;

/// <summary>
/// What a wire-level processor does to each message of a body. Immutable, for bodies are edited on many threads at once; what is needed
/// for one body is in the walk and its scratch.
/// </summary>
/// <remarks>
/// The body was validated to the bottom, and its envelopes are canonical (<see cref="OtlpPayload.IsCanonical"/>). Inside resources,
/// scopes and items any legal protobuf may stand; an editor that meets a shape it does not want to handle, such as a message given in
/// pieces, calls <see cref="BodyWalk.AskForNormalForm"/> and returns: it will see the same body again, with every message in one piece,
/// every singular field once, of each oneof only the last member, and known fields in the order of their numbers before unknown ones. Edits
/// of one message are made in the order of its bytes; where that is not the order of the editor's edits, the walk asks for the normal form
/// by itself.
/// </remarks>
internal abstract class BodyEditor
{
    /// <summary>The messages it wants to see.</summary>
    public abstract EditLevels Levels { get; }

    /// <summary>Why it leaves items out, where it does.</summary>
    public virtual ProcessorLossReason LossReason => ProcessorLossReason.Filtered;

    /// <summary>Whether it hides what must not leave, so that a body which cannot be read must not leave either.</summary>
    public virtual bool Hides => false;

    /// <summary>
    /// Edits <see cref="BodyWalk.Resource"/>, which may not be there; it can then be inserted at <see cref="BodyWalk.ResourceInsertAt"/>.
    /// The walk is inside the ResourceX.
    /// </summary>
    public virtual void EditResource(ref BodyWalk walk)
    {
    }

    /// <summary>Edits <see cref="BodyWalk.Scope"/>, which may not be there; the walk is inside the ScopeX.</summary>
    public virtual void EditScope(ref BodyWalk walk)
    {
    }

    /// <summary>
    /// Looks at a metric, <see cref="BodyWalk.Metric"/>, before its points, and may edit its name, description and unit. The walk is inside
    /// the metric.
    /// </summary>
    /// <returns>False to leave the metric out with all its points.</returns>
    public virtual bool EditMetric(ref BodyWalk walk) => true;

    /// <summary>Edits what follows the data of the metric that is being looked at, its metadata; the walk is inside the metric.</summary>
    public virtual void EditMetricAfterPoints(ref BodyWalk walk)
    {
    }

    /// <summary>Edits a span, a log record or a data point; the walk is inside it.</summary>
    /// <returns>False to leave it out, with what was edited of it.</returns>
    public virtual bool EditItem(ref BodyWalk walk, MessageAt item) => true;
}
