using Google.Protobuf;
using Rotel.Batching;
using Rotel.Exporters.ClickHouse;
using Rotel.Memory;
using Rotel.Otlp;

namespace Rotel.Exporters.Tests.ClickHouse;

/// <summary>An encoder without compression, with a budget of its own that must be whole again in the end.</summary>
internal sealed class TestEncoder : IDisposable
{
    private readonly ClickHouseEncoder _encoder;
    private readonly List<IDisposable> _made = [];

    public TestEncoder(int memoryLimit = 64 * 1024 * 1024, bool json = false)
    {
        Pool = new BufferPool(new ByteBudget(memoryLimit));
        _encoder = new ClickHouseEncoder(
            Pool, new ClickHouseEncoding { Compression = ClickHouseCompression.None, AttributesAreJson = json });
    }

    public BufferPool Pool { get; }

    public EncodedRows Encode(OtlpSignal signal, params IMessage[] requests) =>
        Encode(signal, Array.ConvertAll(requests, request => request.ToByteArray()));

    public EncodedRows Encode(OtlpSignal signal, params byte[][] bodies)
    {
        using var batch = new OtlpBatch(signal);
        foreach (var body in bodies)
        {
            var validation = OtlpValidator.Validate(signal, body, OtlpLimits.Untrusted);
            Assert.Equal(OtlpFault.None, validation.Fault);
            var buffer = Pool.RentOverdraft(body.Length);
            body.CopyTo(buffer.Span);
            batch.Add(new OtlpPayload(signal, buffer, body.Length, validation.ItemCount));
        }

        var rows = _encoder.Encode(batch);
        _made.AddRange(rows.Blocks);
        return rows;
    }

    public void Dispose()
    {
        foreach (var made in _made)
            made.Dispose();
        _encoder.Dispose();
        Assert.Equal(0, Pool.Budget.Reserved);
    }
}
