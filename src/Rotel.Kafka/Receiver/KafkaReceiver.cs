using Rotel.Pipelines;
using Rotel.Threading;

namespace Rotel.Kafka.Receiver;

/// <summary>
/// Receives OTLP from topics of Kafka. One thread of its own, below normal priority, reads, validates and admits, and tells Kafka what was
/// delivered; what fails there starts again after a while, where the offsets were committed.
/// </summary>
internal sealed class KafkaReceiver : IReceiver
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(30);

    /// <summary>What leaving takes at most where nobody asked for it before disposal.</summary>
    private static readonly TimeSpan DisposalTime = TimeSpan.FromSeconds(2);

    private readonly ReceiverScope _scope;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isStarted;

    /// <param name="options">Validated.</param>
    /// <param name="context">What is ambient.</param>
    /// <exception cref="ArgumentException">A signal that is to be received has no exporter.</exception>
    public KafkaReceiver(KafkaReceiverOptions options, ReceiverContext context)
    {
        foreach (var (signal, _) in options.Subscribed)
        {
            if (!context.Intake.Accepts(signal))
            {
                throw new ArgumentException(
                    $"The receiver '{context.Name}' is to receive {signal}, for which there is no exporter.", nameof(options));
            }
        }

        _scope = new ReceiverScope(options, context);
    }

    public string? Problem => _scope.Problem;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        ConsumerSession first;
        try
        {
            first = new ConsumerSession(_scope);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or Confluent.Kafka.KafkaException)
        {
            throw new IOException(
                $"The receiver '{_scope.Context.Name}' cannot make its Kafka client: {_scope.ClientLog.Clean(exception.Message)}",
                exception);
        }

        _isStarted = true;
        _scope.Intake.Pool.Budget.ReserveOverdraft(_scope.PrefetchBytes);
        var thread = new Thread(() => Run(first))
        {
            IsBackground = true,
            Name = "Rotel Kafka receiver",
            Priority = ThreadPriority.BelowNormal,
        };
        thread.UnsafeStart();
        return Task.CompletedTask;
    }

    public async Task StopAsync(Deadline deadline, CancellationToken cancellationToken)
    {
        _scope.Drain();
        if (_isStarted)
            await WaitAsync(_scope.Quiet, deadline, cancellationToken).ConfigureAwait(false);
    }

    public async Task CloseAsync(Deadline deadline, CancellationToken cancellationToken)
    {
        _scope.Leave(deadline);
        if (!_isStarted)
            return;

        await WaitAsync(_ended.Task, deadline, cancellationToken).ConfigureAwait(false);
        if (!_ended.Task.IsCompleted)
            _scope.Logger.LeftBehind();
    }

    /// <summary>Leaves whatever thread still waits for brokers alone: all it touches stays its own.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_scope.Phase != ReceiverPhase.Leaving)
            await CloseAsync(new Deadline(_scope.Time, DisposalTime), CancellationToken.None).ConfigureAwait(false);
        if (!_isStarted)
            _scope.Dispose();
    }

    private async Task WaitAsync(Task task, Deadline deadline, CancellationToken cancellationToken) =>
        await task.WaitAsync(deadline.Remaining, _scope.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private void Run(ConsumerSession? first)
    {
        try
        {
            var backoff = FirstBackoff;
            for (var session = first; !RunSession(session, ref backoff); session = null)
            {
                if (_scope.Draining.Wait(backoff))
                    return;
                backoff = backoff * 2 < LongestBackoff ? backoff * 2 : LongestBackoff;
            }
        }
        finally
        {
            _scope.SetQuiet();
            _scope.Intake.Pool.Budget.Release(_scope.PrefetchBytes);
            _ended.TrySetResult();
            Quietly(_scope.Dispose);
        }
    }

    /// <summary>What fails here, on the thread's way out of a session, is a logger of the host's or a broken client.</summary>
    private static void Quietly(Action action)
    {
        try
        {
            action();
        }
        catch (Exception)
        {
            // Nobody is left to tell, and the process must go on.
        }
    }

    /// <summary>
    /// True when the receiver has left as it was told; false when it is to start again. Never throws, whatever loggers do.
    /// </summary>
    private bool RunSession(ConsumerSession? session, ref TimeSpan backoff)
    {
        try
        {
            session ??= new ConsumerSession(_scope);
            session.Run();
            return true;
        }
        catch (Exception exception)
        {
            if (session is { HasWorked: true })
                backoff = FirstBackoff;
            _scope.OnFailure(exception);
            var seconds = backoff.TotalSeconds;
            Quietly(() => _scope.Logger.Failed(seconds, exception));
            return false;
        }
        finally
        {
            if (session is not null)
                Quietly(session.Dispose);
        }
    }
}
