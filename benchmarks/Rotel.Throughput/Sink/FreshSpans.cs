using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using Rotel.Otlp;
using Rotel.TestKit.Telemetry;

namespace Rotel.Throughput.Sink;

/// <summary>
/// Spans that carry the moment of their sending, found again among all others by the backend in the same process: how long one takes
/// through the collector, whatever else that has to do.
/// </summary>
internal sealed class FreshSpans
{
    private const string TimeFormat = "D19";
    private const int TimeDigits = 19;

    private readonly Lock _lock = new();
    private readonly StandardLoad _load = new();
    private readonly List<(long Sent, TimeSpan Delay)> _arrivals = [];

    private static ReadOnlySpan<byte> Marker => "rotel fresh span of "u8;

    public int Arrived
    {
        get
        {
            lock (_lock)
                return _arrivals.Count;
        }
    }

    /// <summary>A request with one span of the standard load that is sent now.</summary>
    public byte[] Next()
    {
        var request = (ExportTraceServiceRequest)_load.Next(OtlpSignal.Traces, items: 1);
        var text = Encoding.UTF8.GetString(Marker) + Stopwatch.GetTimestamp().ToString(TimeFormat, CultureInfo.InvariantCulture);
        request.ResourceSpans[0].ScopeSpans[0].Spans[0].Attributes.Add(
            new KeyValue { Key = "sent", Value = new AnyValue { StringValue = text } });
        return request.ToByteArray();
    }

    public void Take(ReadOnlySpan<byte> body)
    {
        var now = Stopwatch.GetTimestamp();
        for (int at; (at = body.IndexOf(Marker)) >= 0;)
        {
            body = body[(at + Marker.Length)..];
            if (!Utf8Parser.TryParse(body[..TimeDigits], out long sent, out _))
                continue;
            lock (_lock)
                _arrivals.Add((sent, Stopwatch.GetElapsedTime(sent, now)));
        }
    }

    /// <summary>How long those took that were sent up to then and have arrived, the shortest first.</summary>
    public TimeSpan[] DelaysUntil(long timestamp)
    {
        lock (_lock)
            return [.. _arrivals.Where(arrival => arrival.Sent <= timestamp).Select(arrival => arrival.Delay).Order()];
    }
}
