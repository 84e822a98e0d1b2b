using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rotel.Operation;

/// <summary>A word of the status as metrics and settings write it: <c>switched_off</c>, <c>traces</c>.</summary>
internal sealed class StatusWordConverter<TWord>() : JsonStringEnumConverter<TWord>(JsonNamingPolicy.SnakeCaseLower)
    where TWord : struct, Enum;
