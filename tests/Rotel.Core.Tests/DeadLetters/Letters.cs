using System.Text;
using Google.Protobuf;
using Rotel.Batching;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit.Telemetry;

namespace Rotel.DeadLetters;

/// <summary>Dead letters to write, and lines read back.</summary>
internal static class Letters
{
    public static OtlpBatch Batch(BufferPool pool, OtlpSignal signal, params byte[][] bodies) => Batch(pool, signal, null, bodies);

    public static OtlpBatch Batch(BufferPool pool, OtlpSignal signal, RequestMetadata? metadata, params byte[][] bodies)
    {
        var batch = new OtlpBatch(signal) { Metadata = metadata };
        foreach (var body in bodies)
        {
            var buffer = pool.RentOverdraft(body.Length);
            body.CopyTo(buffer.Span);
            batch.Add(new OtlpPayload(signal, buffer, body.Length, Math.Max(OtlpItems.Count(OtlpItems.Parse(signal, body)), 1)));
        }

        return batch;
    }

    public static DeadLetter Of(
        OtlpBatch batch, string exporter = "backend", DropReason reason = DropReason.DestinationRejected, string? message = "HTTP 400") =>
        new(batch, exporter, reason, message, new DateTimeOffset(2026, 3, 1, 12, 0, 0, 250, TimeSpan.Zero));

    /// <summary>The line without its end, and gives the letter back.</summary>
    public static string Write(DeadLetterWriter writer, DeadLetter letter)
    {
        using (letter.Batch)
        using (var line = writer.TryWrite(letter))
        {
            Assert.NotNull(line);
            var bytes = new byte[line.Length];
            line.CopyTo(bytes);
            Assert.Equal((byte)'\n', bytes[^1]);
            Assert.Equal(bytes.Length - 1, Array.IndexOf(bytes, (byte)'\n'));
            return Encoding.UTF8.GetString(bytes.AsSpan(0, bytes.Length - 1));
        }
    }

    public static DeadLetterLine Parse(string line)
    {
        Assert.True(DeadLetterLine.TryRead(Encoding.UTF8.GetBytes(line), out var read, out var problem), problem);
        return read;
    }

    /// <summary>The request in a line, as Google.Protobuf reads it.</summary>
    public static IMessage Request(BufferPool pool, string line)
    {
        var text = Encoding.UTF8.GetBytes(line);
        var read = Parse(line);
        Assert.True(DeadLetterPayload.TryRead(read, text, pool, out var payload, out var problem), problem);
        using (payload)
            return OtlpItems.Parse(read.Signal, payload.Body.Span);
    }
}
