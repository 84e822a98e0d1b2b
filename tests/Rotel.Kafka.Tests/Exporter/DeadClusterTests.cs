using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Rotel.Kafka.TestKit;
using Rotel.Pipelines;
using Rotel.TestKit;

namespace Rotel.Kafka.Exporter;

public sealed class DeadClusterTests
{
    /// <summary>Far below any drain time-out, far above what ending takes.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Export_BrokersDownForAWhile_IsDeliveredInOrderWhenTheyAreBack()
    {
        using var cluster = KafkaCluster.Start(brokers: 3);
        var topic = await cluster.CreateTopicAsync("back", replication: 3);
        await using var bench = new KafkaBench(cluster.Bootstraps, options => options.TracesTopic = topic);
        Assert.Equal(ExportOutcomeKind.Delivered, (await bench.ExportAsync(bench.Spans("before"))).Kind);
        cluster.Faults.SetDown();

        var attempt = bench.ExportAsync(bench.Spans("during"));
        await bench.Log.UntilAsync(line => line.EventId == 4151, "that no broker can be reached", Cancellation);
        Assert.NotNull(bench.Exporter.Problem);
        Assert.False(attempt.IsCompleted);
        cluster.Faults.SetUp();

        Assert.Equal(ExportOutcomeKind.Delivered, (await attempt).Kind);
        Assert.Null(bench.Exporter.Problem);
        Assert.Equal(["before", "during"], KafkaBench.NamesIn(cluster.Probe.Read(topic, 2, Cancellation)));
    }

    [Fact]
    public async Task Problem_BrokersLeaveWhileNothingIsSent_IsSaidOnlyWhenSomethingIs()
    {
        using var cluster = KafkaCluster.Start();
        var topic = await cluster.CreateTopicAsync("idle");
        await using var bench = new KafkaBench(cluster.Bootstraps, options => options.TracesTopic = topic);
        Assert.Equal(ExportOutcomeKind.Delivered, (await bench.ExportAsync(bench.Spans("before"))).Kind);

        cluster.Faults.SetDown();
        await bench.Log.UntilAsync(
            line => line.EventId == 4150 && line.Message.Contains("AllBrokersDown", StringComparison.Ordinal),
            "that all are down",
            Cancellation);
        Assert.Null(bench.Exporter.Problem);
        Assert.DoesNotContain(bench.Log.Lines, line => line.Level == LogLevel.Warning);

        var attempt = bench.ExportAsync(bench.Spans("after"));
        await bench.Log.UntilAsync(line => line.EventId == 4151, "that no broker can be reached", Cancellation);
        Assert.Contains("all brokers are down", bench.Exporter.Problem, StringComparison.Ordinal);
        cluster.Faults.SetUp();
        Assert.Equal(ExportOutcomeKind.Delivered, (await attempt).Kind);
        Assert.Null(bench.Exporter.Problem);
    }

    [Fact]
    public async Task Export_NobodyListens_SaysSoOnceAndEndsAtOnceWhenCancelled()
    {
        var bench = new KafkaBench($"127.0.0.1:{ClosedPort()}");
        var batch = bench.Batch(items: 100);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

        var attempt = bench.Exporter.ExportAsync(batch, stop.Token).AsTask();
        await bench.Log.UntilAsync(line => line.EventId == 4151, "that no broker can be reached", Cancellation);
        Assert.Contains("brokers are down", bench.Exporter.Problem, StringComparison.Ordinal);
        Assert.Contains("Connection refused", bench.Exporter.Problem, StringComparison.Ordinal);
        var stopped = Stopwatch.GetTimestamp();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Watchdog.WaitAsync(attempt, "the attempt's end", Cancellation));

        // Nothing is charged any more afterwards, though no report has come on what the client had.
        await bench.DisposeAsync();
        Assert.True(Stopwatch.GetElapsedTime(stopped) < Bound);
        Assert.Equal(0, batch.DeliveredItems);
        Assert.Single(bench.Log.Lines, line => line.Level == LogLevel.Warning);
    }

    [Fact]
    public async Task Export_QueueOfTheClientFullAndNobodyListens_EndsWhenCancelled()
    {
        await using var bench = new KafkaBench($"127.0.0.1:{ClosedPort()}", options =>
        {
            options.MaxMessageBytes = 1500;
            options.CustomConfig["queue.buffering.max.messages"] = "1";
        });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

        var attempt = bench.Exporter.ExportAsync(bench.Batch(items: 40), stop.Token).AsTask();
        await bench.Log.UntilAsync(line => line.EventId == 4151, "that no broker can be reached", Cancellation);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Watchdog.WaitAsync(attempt, "the attempt's end", Cancellation));
    }

    [Fact]
    public async Task Export_MessageTimeoutPasses_IsRetriedAndDeliveredByAnotherAttempt()
    {
        using var cluster = KafkaCluster.Start();
        var topic = await cluster.CreateTopicAsync("late");
        await using var bench = new KafkaBench(cluster.Bootstraps, options =>
        {
            options.TracesTopic = topic;
            options.MessageTimeout = TimeSpan.FromMilliseconds(500);
        });
        cluster.Faults.SetDown();
        var batch = bench.Spans("a");

        var failed = await bench.ExportAsync(batch);
        cluster.Faults.SetUp();

        Assert.Equal(ExportOutcomeKind.Retry, failed.Kind);
        Assert.Contains("Local_MsgTimedOut", failed.Message, StringComparison.Ordinal);
        await bench.RetryAsync(batch);
        Assert.Equal(["a"], KafkaBench.NamesIn(cluster.Probe.Read(topic, 1, Cancellation)));
    }

    [Fact]
    public async Task Export_AfterDispose_IsRetriedAndTouchesNothing()
    {
        var bench = new KafkaBench($"127.0.0.1:{ClosedPort()}");
        var batch = bench.Batch();
        await bench.Exporter.DisposeAsync();

        Assert.Equal(ExportOutcomeKind.Retry, (await bench.ExportAsync(batch)).Kind);

        await bench.DisposeAsync();
    }

    /// <summary>Clients are closed under attempts, attempts cut off under reports: whatever comes first, nothing stays charged.</summary>
    [Fact]
    public async Task Dispose_AtAnyMomentOfAttempts_LeavesNothingCharged()
    {
        var random = new Random(FreshSeed.Value);
        TestContext.Current.TestOutputHelper?.WriteLine($"{FreshSeed.Variable}={FreshSeed.Value}");
        using var cluster = KafkaCluster.Start();
        var topic = await cluster.CreateTopicAsync("ends");
        for (var i = 0; i < 20; i++)
        {
            // Some clusters answer and some do not.
            var brokers = i % 2 == 0 ? cluster.Bootstraps : $"127.0.0.1:{ClosedPort()}";
            var bench = new KafkaBench(brokers, options => (options.TracesTopic, options.MaxMessageBytes) = (topic, 1500));
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            var attempts = Enumerable.Range(0, 4)
                .Select(_ => bench.Batch(items: 40))
                .Select(batch => Task.Run(() => bench.Exporter.ExportAsync(batch, stop.Token).AsTask(), Cancellation))
                .ToList();

            var spins = random.Next(200_000);
            await Task.Run(() => Thread.SpinWait(spins), Cancellation);
            var end = random.Next(2) == 0 ? stop.CancelAsync() : Task.CompletedTask;
            await bench.Exporter.DisposeAsync();
            await stop.CancelAsync();
            await end;
            await Watchdog.WaitAsync(
                Task.WhenAll(attempts).ContinueWith(static _ => { }, Cancellation, TaskContinuationOptions.None, TaskScheduler.Default),
                "the attempts' end",
                Cancellation);

            // Looks that nothing is charged any more.
            await bench.DisposeAsync();
        }
    }

    [Fact]
    public async Task Log_ConnectionsFail_HoldsNoSecret()
    {
        const string Canary = "canary-7f3e91";
        using var cluster = KafkaCluster.Start();
        await using var bench = new KafkaBench(cluster.Bootstraps, options =>
        {
            options.Security.Protocol = KafkaSecurityProtocol.SaslPlaintext;
            options.Security.SaslMechanism = KafkaSaslMechanism.Plain;
            (options.Security.SaslUsername, options.Security.SaslPassword) = ("rotel", Canary);
            options.CustomConfig["debug"] = "all";
            options.CustomConfig["sasl.oauthbearer.config"] = Canary;
            options.MessageTimeout = TimeSpan.FromMilliseconds(500);
        });

        // The simulator knows no SASL, so that every connection fails.
        var outcome = await bench.ExportAsync(bench.Batch());

        Assert.Equal(ExportOutcomeKind.Retry, outcome.Kind);
        Assert.NotEmpty(bench.Log.Lines);
        Assert.DoesNotContain(Canary, $"{outcome.Message} {bench.Exporter.Problem}", StringComparison.Ordinal);
        Assert.DoesNotContain(bench.Log.Lines, line => $"{line.Message} {line.Exception}".Contains(Canary, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Export_TokensCannotBeFetched_SaysSoWithoutTheirText()
    {
        const string Canary = "canary-7f3e91";
        using var cluster = KafkaCluster.Start();
        await using var bench = new KafkaBench(cluster.Bootstraps, options =>
        {
            options.Security.Protocol = KafkaSecurityProtocol.SaslPlaintext;
            options.Security.SaslMechanism = KafkaSaslMechanism.OauthBearer;
            options.Security.OAuthBearerToken = _ => throw new InvalidOperationException(Canary);
            options.MessageTimeout = TimeSpan.FromSeconds(1);
        });

        Assert.Equal(ExportOutcomeKind.Retry, (await bench.ExportAsync(bench.Batch())).Kind);

        await bench.Log.UntilAsync(line => line.EventId == 4152, "that no token was fetched", Cancellation);
        Assert.DoesNotContain(bench.Log.Lines, line => $"{line.Message} {line.Exception}".Contains(Canary, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Export_Tokens_AreAskedForWhenTheClientIsMade()
    {
        using var cluster = KafkaCluster.Start();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var bench = new KafkaBench(cluster.Bootstraps, options =>
        {
            options.Security.Protocol = KafkaSecurityProtocol.SaslPlaintext;
            options.Security.SaslMechanism = KafkaSaslMechanism.OauthBearer;
            options.Security.OAuthBearerToken = _ =>
            {
                asked.TrySetResult();
                return Task.FromResult(new KafkaOAuthToken("token", DateTimeOffset.MaxValue.AddYears(-7000)) { Principal = "rotel" });
            };
            options.MessageTimeout = TimeSpan.FromSeconds(1);
        });
        Assert.False(asked.Task.IsCompleted);

        await bench.ExportAsync(bench.Batch());

        await Watchdog.WaitAsync(asked.Task, "a token asked for", Cancellation);
        Assert.DoesNotContain(bench.Log.Lines, line => line.EventId == 4152);
    }

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
