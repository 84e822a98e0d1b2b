namespace Rotel.Conformance;

/// <summary>One sentence of the OTLP specification, as it concerns a server or a client.</summary>
/// <param name="Id">How tests name it.</param>
/// <param name="Level">The specification's word, or <c>ours</c> for what users of collectors expect beside it.</param>
/// <param name="Text">What is asked, in our words.</param>
internal sealed record OtlpRow(string Id, OtlpLevel Level, string Text)
{
    /// <summary>Why we do not do it; only a MAY can be left out, and then no test proves it.</summary>
    public string? LeftOut { get; init; }
}
