using Rotel.Batching;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Receivers.Sharing;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Sharing;

/// <summary>What a follower of a <see cref="SharedSetup"/> has: the record it read, and telemetry to send.</summary>
internal sealed class Follower
{
    private readonly StandardLoad _load = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Nothing in it is the holder's memory.</summary>
    public BufferPool Pool { get; } = new(new ByteBudget(64 * 1024 * 1024));

    public static AgentRecord RecordOf(SharedSetup holder, int? port = null, byte[]? token = null) =>
        new(4711, port ?? holder.Endpoint.Port, token ?? holder.Token, "settings", [], []);

    public static async Task<HolderClient> ConnectAsync(SharedSetup holder, int? port = null)
    {
        var client = await Watchdog.WaitAsync(
            HolderClient.ConnectAsync(RecordOf(holder, port), TimeProvider.System, Cancellation), "the link", Cancellation);
        return client ?? throw new InvalidOperationException("The holder did not answer.");
    }

    /// <summary>A batch of one payload.</summary>
    public OtlpBatch Batch(
        OtlpSignal signal = OtlpSignal.Traces, RequestMetadata? metadata = null, int items = StandardLoad.ItemsPerRequest, byte[]? body = null)
    {
        body ??= _load.Encode(signal, items);
        Assert.True(Pool.TryRent(body.Length, out var buffer));
        body.CopyTo(buffer.Span);
        var batch = new OtlpBatch(signal);
        batch.Add(new OtlpPayload(signal, buffer, body.Length, items) { Metadata = metadata });
        return batch;
    }

    public async Task<ExportOutcome> SendAsync(HolderClient client, bool awaitDelivery = false, OtlpBatch? batch = null)
    {
        using var sent = batch ?? Batch();
        return await Watchdog.WaitAsync(
            client.SendAsync(sent, awaitDelivery, Cancellation).AsTask(), "an outcome", Cancellation);
    }
}
