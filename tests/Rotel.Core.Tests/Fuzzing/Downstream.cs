using System.Buffers;
using Google.Protobuf;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Otlp.Json;
using Rotel.TestKit.Fuzzing;
using Rotel.TestKit.Telemetry;

namespace Rotel.Core.Tests.Fuzzing;

/// <summary>The laws of the steps that take the validator at its word: they hold for every body that it accepted.</summary>
internal static class Downstream
{
    private const byte Canary = 0xA5;

    /// <summary>Put in order, and cut into pieces that are put together again, a body has the items it had.</summary>
    public static void AssertPieces(OtlpSignal signal, byte[] body, int maxItems, int maxBytes)
    {
        // What is not UTF-8 can be cut all the same, but Google.Protobuf does not read it.
        var items = TryItems(signal, body);
        if (!OtlpEnvelopeOrder.IsOrdered(signal, body))
        {
            var output = new byte[OtlpEnvelopeOrder.MaxLength(body)];
            var ordered = output[..OtlpEnvelopeOrder.Order(signal, body, output)];
            Law(OtlpEnvelopeOrder.IsOrdered(signal, ordered), "What was put in order is in order.");
            Law(OtlpValidator.Validate(signal, ordered, OtlpLimits.Untrusted).IsValid, "What was put in order is legal.");
            Law(items is null || items.SequenceEqual(TryItems(signal, ordered) ?? []), "Put in order, a body has its items.");
        }

        var joined = new MemoryStream();
        using var splitter = new OtlpSplitter(signal, body);
        var count = 0;
        while (splitter.MoveNext(maxItems, maxBytes))
        {
            var piece = new byte[splitter.PieceBytes + 1];
            piece[^1] = Canary;
            splitter.Write(piece);
            var validation = OtlpValidator.Validate(signal, piece.AsSpan(0, splitter.PieceBytes), OtlpLimits.Untrusted);
            Law(piece[^1] == Canary, "A piece is as long as it was said to be.");
            Law(validation.IsValid && validation.ItemCount == splitter.PieceItems, "A piece is legal and has the items it was said to have.");
            Law(splitter.PieceItems >= 1 && splitter.PieceItems <= maxItems, "A piece has items, but no more than it may.");
            Law(splitter.PieceBytes <= maxBytes || splitter.PieceItems == 1, "A piece is no longer than it may be.");
            joined.Write(piece, 0, splitter.PieceBytes);
            count += splitter.PieceItems;
        }

        Law(count == OtlpValidator.Validate(signal, body, OtlpLimits.Untrusted).ItemCount, "All items are in the pieces.");
        Law(items is null || items.SequenceEqual(TryItems(signal, joined.ToArray()) ?? []), "Put together, the pieces have the body's items.");
    }

    /// <summary>Grouped by trace, all spans are there.</summary>
    public static void AssertGroups(byte[] body, int itemCount)
    {
        using var groups = new OtlpTraceGroups();
        groups.Add(body);
        var count = 0;
        for (var group = 0; group < groups.Count; group++)
        {
            var output = new byte[groups.Measure(group)];
            groups.Write(group, output);
            var validation = OtlpValidator.Validate(OtlpSignal.Traces, output, OtlpLimits.Untrusted);
            Law(validation.IsValid && validation.ItemCount == groups.ItemCount(group), "A trace's body is legal and has its spans.");
            count += validation.ItemCount;
        }

        Law(count == itemCount, "All spans are in a trace.");
    }

    /// <summary>Written as JSON and read again, a body is the same request but for what nobody knows.</summary>
    public static void AssertJson(OtlpSignal signal, byte[] body)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var writer = new OtlpJsonWriter())
            writer.Write(signal, body, text);
        var budget = new ByteBudget(64 * 1024 * 1024);
        var reading = OtlpJsonReader.Read(signal, text.WrittenSpan, new BufferPool(budget), 16 * 1024 * 1024, OtlpLimits.Untrusted);
        Law(reading.IsRead, "What is written as JSON can be read.");
        using var buffer = reading.Buffer!;
        var expected = WithoutUnknown(OtlpItems.Parse(signal, body));
        var actual = OtlpItems.Parse(signal, buffer.Span[..reading.Length]);

        // Only their own JSON makes all values that are not a number the same.
        Law(expected.Equals(actual) || expected.ToString() == actual.ToString(), "Written as JSON and read, a body is the same request.");
    }

    /// <summary>Its parser counts unknown groups as one level deeper when it drops them, hence a limit of its own.</summary>
    private static IMessage WithoutUnknown(IMessage request)
    {
        var input = CodedInputStream.CreateWithLimits(new MemoryStream(request.ToByteArray()), int.MaxValue, recursionLimit: 200);
        return request.Descriptor.Parser.WithDiscardUnknownFields(true).ParseFrom(input);
    }

    private static List<string>? TryItems(OtlpSignal signal, byte[] body)
    {
        try
        {
            return OtlpFlattening.Items(OtlpItems.Parse(signal, body));
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private static void Law(bool holds, string law)
    {
        if (!holds)
            throw new BrokenLawException(law);
    }
}
