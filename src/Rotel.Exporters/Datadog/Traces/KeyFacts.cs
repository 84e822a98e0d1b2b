using Rotel.Exporters.Datadog.Obfuscation;

namespace Rotel.Exporters.Datadog.Traces;

/// <summary>What follows from the key of an attribute alone.</summary>
internal struct KeyFacts
{
    /// <summary>As <see cref="TagKey.HashOf"/> has it.</summary>
    public uint Hash;

    /// <summary>Null when it is copied under its own name, or <see cref="IsHeader"/>.</summary>
    public AttributeRule? Rule;

    /// <summary>How the value is hidden, where there is no rule.</summary>
    public ObfuscationKind Obfuscation;

    /// <summary>Whether it says that a model was asked.</summary>
    public bool IsGenerativeAI;

    /// <summary>Whether it is a header of a request, which Datadog names a little differently.</summary>
    public bool IsHeader;
}
