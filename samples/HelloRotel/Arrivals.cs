using System.Text.Json;

namespace HelloRotel;

/// <summary>What arrived in Rotel's file: OTLP/JSON, one export request of one signal per line.</summary>
internal sealed class Arrivals
{
    private const string Vendor =
        "  ROTEL_OTLP_EXPORTER_ENDPOINT=https://otlp.example.com ROTEL_OTLP_EXPORTER_PROTOCOL=http"
        + " ROTEL_OTLP_EXPORTER_CUSTOM_HEADERS=x-api-key=...";

    private readonly List<JsonElement> _spans = [];
    private readonly List<JsonElement> _dataPoints = [];
    private readonly List<JsonElement> _logRecords = [];
    private readonly string _file;
    private int _traceLines;
    private int _metricLines;
    private int _logLines;

    private Arrivals(string file) => _file = file;

    public static Arrivals Read(string file)
    {
        var arrivals = new Arrivals(file);
        foreach (var line in File.Exists(file) ? File.ReadAllLines(file) : [])
            arrivals.Add(JsonDocument.Parse(line).RootElement);
        return arrivals;
    }

    /// <summary>Writes the summary; false when a signal is missing.</summary>
    public bool Print(TextWriter output)
    {
        output.WriteLine();
        output.WriteLine($"Arrived in {_file}");
        output.WriteLine($"  lines of traces:  {_traceLines}, with {_spans.Count} spans");
        output.WriteLine($"  lines of metrics: {_metricLines}, with {_dataPoints.Count} data points");
        output.WriteLine($"  lines of logs:    {_logLines}, with {_logRecords.Count} log records");
        if (_spans.FirstOrDefault(span => Text(span, "name").Contains("coffee", StringComparison.Ordinal)) is { ValueKind: JsonValueKind.Object } example)
            output.WriteLine($"One of the spans: {Describe(example)}");
        output.WriteLine();
        if (_spans.Count == 0 || _dataPoints.Count == 0 || _logRecords.Count == 0)
        {
            output.WriteLine("Something is missing: not every signal has arrived.");
            return false;
        }

        output.WriteLine("To send it to a vendor as well, set these and run it again:");
        output.WriteLine(Vendor);
        return true;
    }

    private void Add(JsonElement request)
    {
        if (request.TryGetProperty("resourceSpans", out var traces))
        {
            _traceLines++;
            _spans.AddRange(Nested(traces, "scopeSpans", "spans"));
        }
        else if (request.TryGetProperty("resourceMetrics", out var metrics))
        {
            _metricLines++;
            _dataPoints.AddRange(Nested(metrics, "scopeMetrics", "metrics").SelectMany(DataPoints));
        }
        else if (request.TryGetProperty("resourceLogs", out var logs))
        {
            _logLines++;
            _logRecords.AddRange(Nested(logs, "scopeLogs", "logRecords"));
        }
    }

    private static IEnumerable<JsonElement> Nested(JsonElement resources, string scopes, string items) =>
        resources.EnumerateArray().SelectMany(resource => Items(resource, scopes)).SelectMany(scope => Items(scope, items));

    /// <summary>A metric has one array of data points, in an object named for its kind: sum, gauge, histogram.</summary>
    private static IEnumerable<JsonElement> DataPoints(JsonElement metric) => metric.EnumerateObject()
        .Where(property => property.Value.ValueKind == JsonValueKind.Object)
        .SelectMany(kind => Items(kind.Value, "dataPoints"));

    private static JsonElement[] Items(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var array) ? [.. array.EnumerateArray()] : [];

    private static string Describe(JsonElement span)
    {
        var duration = TimeSpan.FromMicroseconds((Nanoseconds(span, "endTimeUnixNano") - Nanoseconds(span, "startTimeUnixNano")) / 1000.0);
        return $"{Text(span, "name")}, {duration.TotalMilliseconds:0.0} ms, trace {Text(span, "traceId")}";
    }

    private static ulong Nanoseconds(JsonElement span, string name) => ulong.Parse(Text(span, name), null);

    private static string Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var text) ? text.GetString() ?? "" : "";
}
