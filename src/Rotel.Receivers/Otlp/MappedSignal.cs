using Rotel.Otlp;

namespace Rotel.Receivers.Otlp;

/// <summary>The mark of an application's endpoint that is served by Rotel, and the signal that it receives.</summary>
internal sealed record MappedSignal(OtlpSignal Signal);
