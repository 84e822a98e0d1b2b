using System.Text.Json.Serialization;
using Rotel.Otlp;

namespace Rotel.Operation;

/// <summary>How the status is written: by code made at compile time, which trimming and ahead-of-time compilation leave whole.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    Converters =
    [
        typeof(StatusWordConverter<RotelState>),
        typeof(StatusWordConverter<SharedAgentRole>),
        typeof(StatusWordConverter<OtlpSignal>),
    ])]
[JsonSerializable(typeof(RotelStatus))]
[JsonSerializable(typeof(HealthAnswer))]
internal sealed partial class StatusJson : JsonSerializerContext;
