using Rotel.Exporters.Datadog.Obfuscation;

namespace Rotel.Exporters.Datadog.Traces;

/// <summary>The statement of a span, as it was and with what is secret hidden: it is a tag and often the span's resource, and read once.</summary>
internal readonly ref struct HiddenStatement(ReadOnlySpan<byte> original, ReadOnlySpan<byte> text, ObfuscationKind kind)
{
    private readonly ReadOnlySpan<byte> _original = original;
    private readonly ObfuscationKind _kind = kind;

    /// <summary>What may be shown. Valid until the obfuscator is asked again.</summary>
    public ReadOnlySpan<byte> Text { get; } = text;

    /// <summary>Whether it is what hiding these very bytes in this way would come to.</summary>
    public bool IsOf(ReadOnlySpan<byte> statement, ObfuscationKind kind) =>
        kind == _kind && statement.Length == _original.Length && _original.Overlaps(statement, out var offset) && offset == 0;
}
