using System.Security.Cryptography;
using System.Text;

namespace Rotel.Sharing;

public sealed class AgentRecordTests
{
    [Fact]
    public void Record_IsReadBackAsItWas()
    {
        var record = AgentFolder.Record(endpoints: 3);

        var read = AgentRecord.Parse(record.ToBytes());

        Assert.Equal(record, read);
        Assert.Equal(record.Token, read!.Token);
        Assert.Equal(record.GrpcEndpoints, read.GrpcEndpoints);
        Assert.Equal(record.HttpEndpoints, read.HttpEndpoints);
    }

    [Fact]
    public void Record_WithoutEndpoints_IsOne()
    {
        var record = AgentFolder.Record() with { GrpcEndpoints = [], HttpEndpoints = [] };

        Assert.Equal(record, AgentRecord.Parse(record.ToBytes()));
    }

    [Fact]
    public void FirstLine_IsTheProcessAlone() =>
        Assert.StartsWith("4711\nport 41234\n", Encoding.UTF8.GetString(AgentFolder.Record().ToBytes()), StringComparison.Ordinal);

    [Fact]
    public void Part_IsNoRecord()
    {
        var bytes = AgentFolder.Record().ToBytes();

        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Null(AgentRecord.Parse(bytes.AsSpan(0, length)));
            Assert.Null(AgentRecord.Parse(bytes.AsSpan(bytes.Length - length)));
        }
    }

    [Fact]
    public void Record_WithOneByteChanged_IsNone()
    {
        var bytes = AgentFolder.Record().ToBytes();

        for (var at = 0; at < bytes.Length; at++)
        {
            for (var bit = 1; bit < 256; bit <<= 1)
            {
                bytes[at] ^= (byte)bit;
                Assert.Null(AgentRecord.Parse(bytes));
                bytes[at] ^= (byte)bit;
            }
        }
    }

    /// <summary>What a reader may find while a record is written over another, before and after the rest is cut off.</summary>
    [Theory]
    [InlineData(1, 4)]
    [InlineData(4, 1)]
    [InlineData(2, 2)]
    public void RecordsInOne_AreNone(int before, int after)
    {
        var old = AgentFolder.Record(endpoints: before).ToBytes();
        var next = AgentFolder.Record(processId: 12, endpoints: after).ToBytes();

        for (var written = 1; written < next.Length; written++)
        {
            byte[] torn = [.. next[..written], .. old.Skip(written)];
            Assert.Null(AgentRecord.Parse(torn));
        }

        byte[] notCut = [.. next, .. old.Skip(next.Length)];
        Assert.Equal(old.Length <= next.Length, AgentRecord.Parse(notCut) is not null);
    }

    /// <summary>With a sum that is right, so that only what is summed can be wrong.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("4711\n")]
    [InlineData("x\nport 1\ntoken T\nfingerprint f\n")]
    [InlineData("0\nport 1\ntoken T\nfingerprint f\n")]
    [InlineData("-1\nport 1\ntoken T\nfingerprint f\n")]
    [InlineData("1\nport 0\ntoken T\nfingerprint f\n")]
    [InlineData("1\nport 65536\ntoken T\nfingerprint f\n")]
    [InlineData("1\nport\ntoken T\nfingerprint f\n")]
    [InlineData("1\nport 1\nfingerprint f\n")]
    [InlineData("1\nport 1\ntoken T\n")]
    [InlineData("1\nport 1\ntoken\nfingerprint f\n")]
    [InlineData("1\nport 1\ntoken AAAA\nfingerprint f\n")]
    [InlineData("1\nport 1\ntoken TAAAA\nfingerprint f\n")]
    [InlineData("1\nport 1\ntoken ???\nfingerprint f\n")]
    public void Text_ThatIsNoRecord_IsNone(string text) => Assert.Null(AgentRecord.Parse(WithSum(text)));

    [Fact]
    public void Keys_OfLaterVersions_ArePassedOver()
    {
        var record = AgentRecord.Parse(WithSum("7\nport 1\nfeature x y\ntoken T\nalone\nfingerprint f\nhttp h\n"));

        Assert.NotNull(record);
        Assert.Equal((7, 1, "f"), (record.ProcessId, record.Port, record.Fingerprint));
        Assert.Empty(record.GrpcEndpoints);
        Assert.Equal(["h"], record.HttpEndpoints);
    }

    [Fact]
    public void Text_OfARecord_IsWithoutItsToken()
    {
        var record = AgentFolder.Record();

        Assert.Equal("process 4711 at port 41234", record.ToString());
        Assert.Equal("process 4711 at port 41234", $"{record}");
    }

    [Fact]
    public void Record_WithAnotherToken_IsAnother() =>
        Assert.NotEqual(AgentFolder.Record(), AgentFolder.Record());

    private static byte[] WithSum(string text)
    {
        var body = Encoding.UTF8.GetBytes(text.Replace("T", Convert.ToBase64String(new byte[AgentRecord.TokenBytes]), StringComparison.Ordinal));
        return [.. body, .. Encoding.ASCII.GetBytes($"sha256 {Convert.ToHexStringLower(SHA256.HashData(body))}\n")];
    }
}
