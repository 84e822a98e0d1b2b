using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Rotel.Core.Tests.Otlp.Wire;
using Rotel.Otlp;

namespace Rotel.Core.Tests.Otlp;

public sealed class RpcStatusTests
{
    public static TheoryData<int, string, double?> Statuses => new()
    {
        { 14, "the queue of exporter 'vendor' is full", 1.5 },
        { 3, "größer", null },
        { 8, "", 0 },
        { 0, "", null },
        { 8, "m", 0.0000001 },
        { 8, "m", 86_400 },
        { 8, "m", 2.25 },
        { 8, "m", 0.00025 },
    };

    [Theory]
    [MemberData(nameof(Statuses))]
    public void Write_Status_IsWhatGoogleProtobufReads(int code, string message, double? delaySeconds)
    {
        var status = new RpcStatus(code, message, delaySeconds is { } s ? TimeSpan.FromSeconds(s) : null);
        var bytes = new ArrayBufferWriter<byte>();

        status.Write(bytes);

        Assert.Equal(Oracle(status), Google.Rpc.Status.Parser.ParseFrom(bytes.WrittenSpan));
        Assert.Equal(status, RpcStatus.Read(bytes.WrittenSpan));
    }

    [Theory]
    [MemberData(nameof(Statuses))]
    public void WriteJson_Status_IsTheJsonOfGoogleProtobuf(int code, string message, double? delaySeconds)
    {
        var status = new RpcStatus(code, message, delaySeconds is { } s ? TimeSpan.FromSeconds(s) : null);
        var json = new ArrayBufferWriter<byte>();
        var settings = JsonFormatter.Settings.Default.WithTypeRegistry(TypeRegistry.FromMessages(Google.Rpc.RetryInfo.Descriptor));

        status.WriteJson(json);

        var expected = new JsonFormatter(settings).Format(Oracle(status));
        Assert.True(
            JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(json.WrittenSpan)),
            $"{expected}\n{Encoding.UTF8.GetString(json.WrittenSpan)}");
    }

    [Fact]
    public void Read_OtherDetailsBesideRetryInfo_FindsTheDelay()
    {
        var status = new Google.Rpc.Status { Code = 14, Message = "m" };
        var retryInfo = new Google.Rpc.RetryInfo { RetryDelay = Duration.FromTimeSpan(TimeSpan.FromSeconds(3)) };
        status.Details.Add(Any.Pack(retryInfo, "example.com/x"));
        status.Details.Add(Any.Pack(new Google.Rpc.BadRequest()));

        Assert.Equal(new RpcStatus(14, "m", TimeSpan.FromSeconds(3)), RpcStatus.Read(status.ToByteArray()));
    }

    [Fact]
    public void Read_RetryInfoWithoutDelay_SaysThatARetryIsWanted()
    {
        var status = new Google.Rpc.Status { Code = 8 };
        status.Details.Add(Any.Pack(new Google.Rpc.RetryInfo()));

        Assert.Equal(TimeSpan.Zero, RpcStatus.Read(status.ToByteArray()).RetryDelay);
    }

    [Theory]
    [InlineData(long.MaxValue, int.MaxValue)]
    [InlineData(long.MinValue, int.MinValue)]
    [InlineData(-5, 0)]
    [InlineData(0, -1)]
    public void Read_AbsurdDelay_IsBoundedAndNeverNegative(long seconds, int nanos)
    {
        var status = new Google.Rpc.Status { Code = 8 };
        status.Details.Add(Any.Pack(new Google.Rpc.RetryInfo { RetryDelay = new Duration { Seconds = seconds, Nanos = nanos } }));

        var delay = RpcStatus.Read(status.ToByteArray()).RetryDelay;

        Assert.InRange(delay!.Value, TimeSpan.Zero, TimeSpan.MaxValue);
        Assert.Equal(seconds > 0, delay > TimeSpan.Zero);
    }

    [Fact]
    public void Read_BrokenAfterTheMessage_KeepsWhatWasRead()
    {
        var bytes = new WireBytes().Varint(1, 13).Text(2, "kept").Raw(0x1A, 0x7F).ToArray();

        Assert.Equal(new RpcStatus(13, "kept"), RpcStatus.Read(bytes));
    }

    [Fact]
    public void Read_AnyBytes_NeverThrows()
    {
        for (var seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            var garbage = new byte[random.Next(100)];
            random.NextBytes(garbage);

            Assert.NotNull(RpcStatus.Read(garbage).Message);
        }

        Assert.Equal(new RpcStatus(0, ""), RpcStatus.Read("<html>502 Bad Gateway</html>"u8));
    }

    [Fact]
    public void Read_EndlessMessage_IsCutBetweenCharacters()
    {
        var message = "x" + string.Concat(Enumerable.Repeat("日", 10_000));

        var read = RpcStatus.Read(new WireBytes().Text(2, message).ToArray()).Message;

        Assert.StartsWith(read, message, StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(read), BoundedText.MaxBytes - 2, BoundedText.MaxBytes);
    }

    private static Google.Rpc.Status Oracle(RpcStatus status)
    {
        var oracle = new Google.Rpc.Status { Code = status.Code, Message = status.Message };
        if (status.RetryDelay is { } delay)
            oracle.Details.Add(Any.Pack(new Google.Rpc.RetryInfo { RetryDelay = Duration.FromTimeSpan(delay) }));
        return oracle;
    }
}
