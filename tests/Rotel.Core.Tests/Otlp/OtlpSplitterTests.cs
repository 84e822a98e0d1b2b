using Google.Protobuf;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Otlp;

public sealed class OtlpSplitterTests
{
    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    [InlineData(OtlpSignal.Logs)]
    [Proves("server.unknown_fields")]
    [Proves("client.no_empty")]
    public void Pieces_OfAnyLegalBody_AreItsItemsInOrderWithTheirSurroundings(OtlpSignal signal)
    {
        for (var seed = 1; seed <= 400; seed++)
        {
            var random = new Random(seed);
            var original = new TelemetryGenerator(seed).Request(signal).ToByteArray();
            var body = seed % 4 == 0
                ? original
                : new WireReshaper(seed, seed % 4 == 1 ? WireReshaping.ShuffleFields : WireReshaping.Mergeable)
                    .Reshape(original, OtlpItems.Descriptor(signal)).Bytes;
            AssertSplits(signal, body, 1 + random.Next(12), 64 << random.Next(12), $"seed {seed}");
        }
    }

    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    [InlineData(OtlpSignal.Logs)]
    public void FirstItems_ThenTheRest_AreTwoPieces(OtlpSignal signal)
    {
        var body = new StandardLoad().Encode(signal);

        using var splitter = new OtlpSplitter(signal, body);

        Assert.True(splitter.MoveNext(maxItems: 34));
        Assert.Equal(34, splitter.PieceItems);
        Assert.True(splitter.MoveNext());
        Assert.Equal(66, splitter.PieceItems);
        Assert.False(splitter.MoveNext());
        AssertSplits(signal, body, 34, int.MaxValue, "standard load");
    }

    [Fact]
    public void Piece_WithoutLimits_IsTheBody()
    {
        var body = new StandardLoad().Encode(OtlpSignal.Metrics);

        using var splitter = new OtlpSplitter(OtlpSignal.Metrics, body);
        Assert.True(splitter.MoveNext());
        var piece = new byte[splitter.PieceBytes];
        splitter.Write(piece);

        Assert.Equal(body, piece);
    }

    [Fact]
    public void Piece_OfOneItemOverTheByteLimit_StandsAlone()
    {
        var body = new StandardLoad().Encode(OtlpSignal.Traces, items: 3);

        using var splitter = new OtlpSplitter(OtlpSignal.Traces, body);
        var pieces = 0;
        while (splitter.MoveNext(maxBytes: 100))
        {
            Assert.Equal(1, splitter.PieceItems);
            Assert.True(splitter.PieceBytes > 100);
            pieces++;
        }

        Assert.Equal(3, pieces);
    }

    [Fact]
    public void Splitting_AStandardBody_AllocatesOnlyTheSplitter()
    {
        var body = new StandardLoad().Encode(OtlpSignal.Traces, items: 2_000);
        var piece = new byte[body.Length];
        Split();

        var before = GC.GetAllocatedBytesForCurrentThread();
        var pieces = Split();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(200, pieces);
        Assert.InRange(allocated, 0, 2_000);

        int Split()
        {
            var count = 0;
            using var splitter = new OtlpSplitter(OtlpSignal.Traces, body);
            for (; splitter.MoveNext(maxItems: 10); count++)
                splitter.Write(piece);
            return count;
        }
    }

    [Fact]
    public void Metric_WithReplacedAndMergedData_IsSplitAsAParserReadsIt()
    {
        // A gauge of two points, which a sum replaces; the sum comes in two pieces, a temporality in the second.
        byte[] metric = [0x2A, 0x04, 0x0A, 0x00, 0x0A, 0x00, 0x3A, 0x04, 0x0A, 0x02, 0x40, 0x01, 0x3A, 0x06, 0x10, 0x01, 0x0A, 0x02, 0x40, 0x02];
        byte[] body = [0x0A, 0x18, 0x12, 0x16, 0x12, 0x14, .. metric];

        AssertSplits(OtlpSignal.Metrics, body, 1, int.MaxValue, "replaced data");
    }

    [Fact]
    public void Body_WithGroupsAsDeepAsTheValidatorAllows_IsSplit()
    {
        // A ResourceSpans of 99 groups in each other and a ScopeSpans of two empty spans.
        byte[] groups = [.. Enumerable.Repeat((byte)0x23, 99), .. Enumerable.Repeat((byte)0x24, 99)];
        byte[] envelope = [.. groups, 0x12, 0x04, 0x12, 0x00, 0x12, 0x00];
        byte[] body = [0x0A, (byte)(0x80 | (envelope.Length & 0x7F)), 0x01, .. envelope];

        AssertSplits(OtlpSignal.Traces, body, 1, int.MaxValue, "groups");
    }

    [Fact]
    public void Body_WithoutItems_HasNoPieces()
    {
        // ResourceSpans with an empty ScopeSpans.
        using var splitter = new OtlpSplitter(OtlpSignal.Traces, new byte[] { 0x0A, 0x02, 0x12, 0x00 });

        Assert.False(splitter.MoveNext());
    }

    private static void AssertSplits(OtlpSignal signal, byte[] body, int maxItems, int maxBytes, string what)
    {
        var whole = OtlpValidator.Validate(signal, body, OtlpLimits.Untrusted);
        Assert.True(whole.IsValid, what);
        var joined = new MemoryStream();
        var items = 0;
        using var splitter = new OtlpSplitter(signal, body);
        while (splitter.MoveNext(maxItems, maxBytes))
        {
            var piece = new byte[splitter.PieceBytes];
            splitter.Write(piece);
            var validation = OtlpValidator.Validate(signal, piece, OtlpLimits.Untrusted);
            Assert.True(validation.IsValid, $"{what}: {validation.Describe()}");
            Assert.Equal(splitter.PieceItems, validation.ItemCount);
            Assert.InRange(splitter.PieceItems, 1, maxItems);
            Assert.True(splitter.PieceBytes <= maxBytes || splitter.PieceItems == 1, what);
            items += splitter.PieceItems;
            joined.Write(piece);
        }

        Assert.Equal(whole.ItemCount, items);
        var expected = OtlpFlattening.Items(OtlpItems.Parse(signal, body));
        var actual = OtlpFlattening.Items(OtlpItems.Parse(signal, joined.ToArray()));
        Assert.True(expected.SequenceEqual(actual), what);
    }
}
