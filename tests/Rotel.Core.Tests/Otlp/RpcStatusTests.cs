using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Rotel.Core.Tests.Otlp.Wire;
using Rotel.Otlp;
using Rotel.TestKit;

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

    [Theory]
    [MemberData(nameof(Statuses))]
    public void ReadJson_WhatGoogleProtobufWrites_IsTheStatus(int code, string message, double? delaySeconds)
    {
        var status = new RpcStatus(code, message, delaySeconds is { } s ? TimeSpan.FromSeconds(s) : null);
        var oracle = Oracle(status);
        var violation = new Google.Rpc.BadRequest.Types.FieldViolation { Field = "f" };
        oracle.Details.Insert(0, Any.Pack(new Google.Rpc.BadRequest { FieldViolations = { violation } }));
        var types = TypeRegistry.FromMessages(Google.Rpc.RetryInfo.Descriptor, Google.Rpc.BadRequest.Descriptor);

        var json = new JsonFormatter(JsonFormatter.Settings.Default.WithTypeRegistry(types)).Format(oracle);

        Assert.Equal(status, RpcStatus.ReadJson(Encoding.UTF8.GetBytes(json)));
    }

    [Theory]
    [InlineData("", 0, "", null)]
    [InlineData("null", 0, "", null)]
    [InlineData("[]", 0, "", null)]
    [InlineData("<html>502 Bad Gateway</html>", 0, "", null)]
    [InlineData("""{"code":"14","message":{"deep":[1]},"details":{"a":1}}""", 14, "", null)]
    [InlineData("""{"code":{},"message":"a\ud800b\u00e9","details":[1,null,{"@type":7}]}""", 0, "a\uFFFDb\u00e9", null)]
    [InlineData("""{"code":-5,"message":"kept","rest":nonsense""", 0, "kept", null)]
    [InlineData("""{"details":[{"retryDelay":"3.000000001s","@type":"x/google.rpc.RetryInfo"}]}""", 0, "", 3.0)]
    [InlineData("""{"details":[{"@type":"google.rpc.RetryInfo"}]}""", 0, "", 0.0)]
    [InlineData("""{"details":[{"@type":"google.rpc.RetryInfo","retryDelay":"-3s"}]}""", 0, "", 0.0)]
    [InlineData("""{"details":[{"@type":"google.rpc.RetryInfo","retryDelay":"soon"}]}""", 0, "", 0.0)]
    [InlineData("""{"details":[{"@type":"google.rpc.RetryInfo","retryDelay":"99999999999999999999999999s"}]}""", 0, "", 315_576_000_000.0)]
    [InlineData("""{"details":[{"@type":"google.rpc.Other","retryDelay":"3s"}]}""", 0, "", null)]
    public void ReadJson_WhatPeersSend_IsReadAsFarAsItGoes(string json, int code, string message, double? delaySeconds) => Assert.Equal(
        new RpcStatus(code, message, delaySeconds is { } s ? TimeSpan.FromSeconds(s) : null),
        RpcStatus.ReadJson(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void ReadJson_AnyText_NeverThrows()
    {
        var text = """
            {"code":8,"message":"m\ud83d\ude00","details":[{"@type":"google.rpc.RetryInfo","retryDelay":"1.5s","x":{"y":[1,2]}}]}
            """u8;
        for (var seed = 0; seed < 5_000; seed++)
        {
            var random = new Random(seed);
            var altered = text.ToArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
                altered[random.Next(altered.Length)] = (byte)random.Next(256);

            Assert.NotNull(RpcStatus.ReadJson(altered.AsSpan(0, random.Next(altered.Length))).Message);
            Assert.NotNull(RpcStatus.ReadJson(altered).Message);
        }

        var endless = RpcStatus.ReadJson(Encoding.UTF8.GetBytes($"{{\"message\":\"{new string('x', 100_000)}\"}}"));
        Assert.Equal(BoundedText.MaxBytes, endless.Message.Length);
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
    [Proves("server.response_limit")]
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
