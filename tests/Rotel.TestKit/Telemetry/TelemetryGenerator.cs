using System.Collections;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using Rotel.Otlp;

namespace Rotel.TestKit.Telemetry;

/// <summary>
/// Draws OTLP requests at random, the same for the same seed. It works from the message descriptors, so that no field of any message is
/// forgotten: each is now absent, now zero, now at its extremes.
/// </summary>
public sealed class TelemetryGenerator
{
    private static readonly string[] Texts =
    [
        string.Empty, "a", "http.request.method", "GET /api/v1/orders/{id}", "größer als 5 €", "日本語のログ", "🦊🚀 emoji", "\u0000\u0001\u007f",
        "e\u0301 combining", "\U0010FFFF\uE000", "line\nbreak\ttab \"quote\"", "مرحبا",
    ];

    private static readonly double[] Doubles =
    [
        0, -0.0, 1, -1.5, 0.1, double.NaN, double.PositiveInfinity, double.NegativeInfinity,
        double.Epsilon, double.MaxValue, double.MinValue,
    ];

    private static readonly long[] Longs = [0, 1, -1, 127, 128, 16_383, 16_384, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue];

    private readonly Random _random;
    private readonly TelemetrySize _size;

    /// <summary>Makes a generator; print the seed when a test fails.</summary>
    public TelemetryGenerator(int seed, TelemetrySize? size = null)
    {
        _random = new Random(seed);
        _size = size ?? new TelemetrySize();
    }

    public ExportTraceServiceRequest Traces() => (ExportTraceServiceRequest)Draw(ExportTraceServiceRequest.Descriptor);

    public ExportMetricsServiceRequest Metrics() => (ExportMetricsServiceRequest)Draw(ExportMetricsServiceRequest.Descriptor);

    public ExportLogsServiceRequest Logs() => (ExportLogsServiceRequest)Draw(ExportLogsServiceRequest.Descriptor);

    /// <summary>A value of any kind, nested up to <see cref="TelemetrySize.ValueDepth"/>.</summary>
    public AnyValue Value() => (AnyValue)Draw(AnyValue.Descriptor);

    /// <summary>A request of the signal.</summary>
    public IMessage Request(OtlpSignal signal) => Draw(OtlpItems.Descriptor(signal));

    /// <summary>
    /// Any message of the protocol, as it reads once encoded: Google.Protobuf does not write a negative zero that has no presence.
    /// </summary>
    public IMessage Draw(MessageDescriptor descriptor) => descriptor.Parser.ParseFrom(Draw(descriptor, valueDepth: 0).ToByteArray());

    private IMessage Draw(MessageDescriptor descriptor, int valueDepth)
    {
        if (descriptor == AnyValue.Descriptor)
            valueDepth++;
        var message = (IMessage)Activator.CreateInstance(descriptor.ClrType)!;
        foreach (var field in descriptor.Fields.InDeclarationOrder())
        {
            if (field.RealContainingOneof is not null)
                continue;
            if (field.IsRepeated)
            {
                var list = (IList)field.Accessor.GetValue(message);
                for (var count = CountOf(field); count > 0; count--)
                    list.Add(DrawValue(field, valueDepth));
            }
            else if (_random.Next(4) != 0)
            {
                field.Accessor.SetValue(message, DrawValue(field, valueDepth));
            }
        }

        foreach (var oneof in descriptor.Oneofs)
        {
            if (oneof.IsSynthetic)
                continue;
            var choices = oneof.Fields.Where(f => f.FieldType != FieldType.Message || valueDepth < _size.ValueDepth).ToList();

            // A metric without data holds no items, so an exact size leaves no alternative unset; elsewhere unset is one of the draws.
            var pick = _random.Next(_size.Exact && oneof.Name == "data" ? 0 : -1, choices.Count);
            if (pick >= 0)
                choices[pick].Accessor.SetValue(message, DrawValue(choices[pick], valueDepth));
        }

        return message;
    }

    private int CountOf(FieldDescriptor field)
    {
        var level = field.Name switch
        {
            "resource_spans" or "resource_metrics" or "resource_logs" or "resource_profiles" => _size.Resources,
            "scope_spans" or "scope_metrics" or "scope_logs" or "scope_profiles" => _size.Scopes,
            "spans" or "metrics" or "log_records" or "profiles" => _size.Items,
            "data_points" => _size.Points,
            _ => -1,
        };
        return level >= 0 && _size.Exact ? level : _random.Next((level >= 0 ? level : _size.ListLength) + 1);
    }

    private object DrawValue(FieldDescriptor field, int valueDepth) => field.FieldType switch
    {
        FieldType.Message => Draw(field.MessageType, valueDepth),
        FieldType.String => Text(),
        FieldType.Bytes => Bytes(field.Name),
        FieldType.Bool => _random.Next(2) == 0,
        FieldType.Double => Number(),
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => (int)Integer(),
        FieldType.UInt32 or FieldType.Fixed32 => (uint)Integer(),
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => Integer(),
        FieldType.UInt64 or FieldType.Fixed64 => (ulong)Integer(),
        FieldType.Enum => Enumeration(field.EnumType),
        _ => throw new NotSupportedException($"OTLP has no {field.FieldType}."),
    };

    // proto3 enums are open: a number from a later release must pass through.
    private object Enumeration(EnumDescriptor type)
    {
        var number = _random.Next(10) == 0 ? 1_000 : type.Values[_random.Next(type.Values.Count)].Number;
        return Enum.ToObject(type.ClrType, number);
    }

    private long Integer() => _random.Next(2) == 0 ? Longs[_random.Next(Longs.Length)] : _random.NextInt64() >> _random.Next(63);

    private double Number() =>
        _random.Next(2) == 0 ? Doubles[_random.Next(Doubles.Length)] : BitConverter.Int64BitsToDouble(_random.NextInt64());

    private string Text()
    {
        if (_random.Next(4) != 0)
            return Texts[_random.Next(Texts.Length)];
        var text = new StringBuilder();
        for (var runes = _random.Next(200); runes > 0; runes--)
        {
            var scalar = _random.Next(4) switch
            {
                0 => _random.Next(0x800),
                1 => _random.Next(0xD800),
                2 => _random.Next(0x1_0000, 0x11_0000),
                _ => 'x',
            };
            text.Append(new Rune(scalar));
        }

        return text.ToString();
    }

    private ByteString Bytes(string field)
    {
        var length = field switch
        {
            "trace_id" or "profile_id" => 16,
            "span_id" or "parent_span_id" => 8,
            _ => _random.Next(40),
        };
        var bytes = new byte[length];
        _random.NextBytes(bytes);
        return ByteString.CopyFrom(bytes);
    }
}
