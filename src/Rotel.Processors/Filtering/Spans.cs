using System.Diagnostics;
using System.Text;
using Rotel.Processors.Filtering.Conditions;

namespace Rotel.Processors.Filtering;

/// <summary>What conditions can ask about spans.</summary>
public static class Spans
{
    /// <summary>Gets the name.</summary>
    public static TextField<SpanCondition> Name { get; } =
        new(test => new(FieldNodes.Text("Spans.Name", (ref SpanItem item) => item.Span.Name, test)));

    /// <summary>Gets the kind.</summary>
    /// <remarks>A span that states no kind is <see cref="ActivityKind.Internal"/>.</remarks>
    public static ChoiceField<SpanCondition, ActivityKind> Kind { get; } =
        new(kinds => new(FieldNodes.Choice<SpanItem, ActivityKind>("Spans.Kind", KindOf, kinds, kind => (int)kind + 1)));

    /// <summary>Gets the code of the status.</summary>
    public static ChoiceField<SpanCondition, ActivityStatusCode> Status { get; } =
        new(codes => new(FieldNodes.Choice("Spans.Status", (ref SpanItem item) => item.Span.Status.Code, codes, code => (int)code)));

    /// <summary>Gets the message of the status.</summary>
    public static TextField<SpanCondition> StatusMessage { get; } =
        new(test => new(FieldNodes.Text("Spans.StatusMessage", (ref SpanItem item) => item.Span.Status.Message, test)));

    /// <summary>Gets how long the span took.</summary>
    public static DurationField Duration { get; } = new();

    /// <summary>Gets the condition that the span has no parent: it is the first of its trace.</summary>
    public static SpanCondition IsRoot { get; } =
        new(FieldNodes.Flag("Spans.IsRoot", (ref SpanItem item) => !item.Span.ParentSpanId.ContainsAnyExcept((byte)0)));

    /// <summary>The attribute of a key; of several with that key the first.</summary>
    public static ValueField<SpanCondition> Attribute(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new(test => new(AttributeNodes.Make<SpanItem>(nameof(Spans), key, test)));
    }

    /// <summary>The span has an event of this name, such as <c>exception</c>.</summary>
    public static SpanCondition HasEvent(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var wanted = Encoding.UTF8.GetBytes(name);
        return new(new ItemNode<SpanItem>($"Spans.HasEvent({CSharpText.Literal(name)})", ConditionCost.List, (ref SpanItem item) =>
        {
            foreach (var spanEvent in item.Span.Events)
            {
                if (spanEvent.Name.SequenceEqual(wanted))
                    return true;
            }

            return false;
        }));
    }

    private static int KindOf(ref SpanItem item) => item.Span.Kind is var kind and not 0 ? kind : 1;
}
