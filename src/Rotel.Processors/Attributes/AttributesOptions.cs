using Rotel.Pipelines;
using Rotel.Processors.Filtering;

namespace Rotel.Processors.Attributes;

/// <summary>What a processor of type <c>attributes</c> does: it edits the attributes of spans, data points and log records.</summary>
public sealed class AttributesOptions : ProcessorOptions
{
    /// <summary>Gets what is done to the attributes of each span, data point and log record.</summary>
    /// <value>Empty by default, which leaves everything as it is.</value>
    public AttributeActionList Actions { get; } = new();

    /// <summary>Gets or sets the condition that a span must meet for something to be done to its attributes. In code only.</summary>
    /// <value>Null, the default: every span.</value>
    public SpanCondition? WhenSpan { get; set; }

    /// <summary>Gets or sets the condition that a log record must meet. In code only.</summary>
    /// <value>Null, the default: every log record.</value>
    public LogCondition? WhenLog { get; set; }

    /// <summary>Gets or sets the condition that a data point must meet. In code only.</summary>
    /// <value>Null, the default: every data point.</value>
    public DataPointCondition? WhenDataPoint { get; set; }
}
