namespace Rotel.Exporters.Datadog.Traces;

/// <summary>OTLP's kinds of spans, by their numbers; a number of a later release counts as unspecified.</summary>
internal enum OtlpSpanKind
{
    Unspecified = 0,
    Internal = 1,
    Server = 2,
    Client = 3,
    Producer = 4,
    Consumer = 5,
}
