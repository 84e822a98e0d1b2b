using Rotel.Exporters.Datadog.Obfuscation;

namespace Rotel.Exporters.Datadog.Traces;

/// <summary>What becomes of one attribute.</summary>
internal sealed class AttributeRule
{
    /// <summary>The attribute's name at OpenTelemetry.</summary>
    public required byte[] Name { get; init; }

    /// <summary>Its value is kept for rules of the whole span; <see cref="AttributeKey.None"/> when no rule asks for it.</summary>
    public AttributeKey Key { get; init; }

    /// <summary>The tag that it becomes.</summary>
    public required TagKey Tag { get; init; }

    public AttributeTreatment Treatment { get; init; }

    /// <summary>Its place among the <see cref="PeerTags"/>; -1 when it says nothing of a peer.</summary>
    public int PeerOrder { get; init; }

    /// <summary>How its value is hidden in a span of no family; of statements, that hangs on the family.</summary>
    public ObfuscationKind Obfuscation { get; init; }
}
