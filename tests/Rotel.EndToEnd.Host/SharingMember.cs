using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Trace;
using Rotel.Otlp;

namespace Rotel.EndToEnd;

/// <summary>
/// One of several applications that share a Rotel, configured by its environment and led by lines on its input. It names its spans
/// <c>name/0</c>, <c>name/1</c>, and so on, and says <c>lot acknowledged FROM TO</c> of each lot that Rotel has taken, or
/// <c>lot refused FROM TO</c>; and each of Rotel's messages as <c>event ID Name=value … | text</c>.
/// <list type="bullet">
/// <item><c>end N</c>: ends so many, and hands them over.</item>
/// <item><c>load</c>, <c>pause</c>: ends ten after ten until it says <c>paused</c>.</item>
/// <item><c>flush</c>: says <c>flushed</c> when Rotel's flush is over.</item>
/// <item><c>deliver N</c>: ends a trace of so many, and says <c>delivery</c> and how it ended.</item>
/// <item><c>role</c>: says <c>role ROLE HOLDER GRPC HTTP STATUS</c>, its part, the holder's process and its own endpoints.</item>
/// <item><c>state</c>: says <c>state STATE SHARED RESERVED LIMIT PROBLEMS</c>, with the items that wait to be handed over, and bytes.</item>
/// <item><c>stop</c>, or SIGTERM: stops Rotel while its load goes on, says <c>stopped</c>, and exits.</item>
/// <item><c>careless</c>: says <c>careless</c>, and does nothing about SIGTERM from then on.</item>
/// </list>
/// </summary>
public sealed class SharingMember
{
    public const string Role = "sharing-member";

    /// <summary>The second argument of one that adds its name as an attribute of this name to its spans, once more each time.</summary>
    public const string Marking = "passed";

    private const int LotOfLoad = 10;

    private static readonly ActivitySource Source = new("Rotel.EndToEnd.Sharing");
    private static readonly TimeSpan PauseOfLoad = TimeSpan.FromMilliseconds(20);

    private readonly Lock _ending = new();
    private readonly ManualResetEventSlim _pause = new(initialState: true);
    private readonly string _name;
    private readonly RotelAgent _agent;
    private readonly TracerProvider _tracing;
    private Thread? _load;
    private int _next;

    private SharingMember(string name, RotelAgent agent, TracerProvider tracing) => (_name, _agent, _tracing) = (name, agent, tracing);

    /// <param name="args">Its name, and <see cref="Marking"/> or nothing.</param>
    public static void Run(string[] args)
    {
        var name = args[0];
        using var messages = LoggerFactory.Create(logging => logging.AddProvider(new EventLogger()));
        var agent = RotelAgent.StartAsync(
            options =>
            {
                if (args is [_, Marking])
                    options.Traces.Process(spans => Mark(spans, name));
            },
            messages).GetAwaiter().GetResult();
        using var tracing = Sdk.CreateTracerProviderBuilder()
            .AddSource(Source.Name).SetSampler(new AlwaysOnSampler()).AddRotelExporter(agent).Build();
        var member = new SharingMember(name, agent, tracing);
        using var stop = new ManualResetEventSlim();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            stop.Set();
        });
        new Thread(() =>
        {
            while (Console.ReadLine() is { } command and not "stop")
            {
                if (command == "careless")
                    terminate.Dispose();
                member.Do(command.Split(' '));
            }

            stop.Set();
        })
        { IsBackground = true }.Start();
        Console.WriteLine("ready");
        stop.Wait();
        agent.StopAsync().GetAwaiter().GetResult();
        member.EndLoad();
        Console.WriteLine("stopped");
    }

    private static void Mark(OpenTelemetry.Proto.Trace.V1.ResourceSpans spans, string name)
    {
        foreach (var span in spans.ScopeSpans.SelectMany(scope => scope.Spans))
            span.Attributes.Add(new KeyValue { Key = Marking, Value = new AnyValue { StringValue = name } });
    }

    private void Do(string[] words)
    {
        switch (words[0])
        {
            case "end":
                new Thread(() => End(Number(words[1]))).Start();
                break;
            case "load":
                _pause.Reset();
                _load = new Thread(Load);
                _load.Start();
                break;
            case "pause":
                EndLoad();
                Console.WriteLine("paused");
                break;
            case "careless":
                Console.WriteLine("careless");
                break;
            case "flush":
                _ = FlushAsync();
                break;
            case "deliver":
                _ = DeliverAsync(Number(words[1]));
                break;
            case "role":
                TellRole();
                break;
            case "state":
                TellState();
                break;
        }
    }

    private void Load()
    {
        while (!_pause.Wait(PauseOfLoad))
            End(LotOfLoad);
    }

    private void EndLoad()
    {
        _pause.Set();
        _load?.Join();
    }

    /// <summary>The SDK says nothing of what its exporter answered, but Rotel counts what it refuses.</summary>
    private void End(int count)
    {
        lock (_ending)
        {
            var (from, refused) = (_next, Refused());
            for (; _next < from + count; _next++)
                Source.StartActivity($"{_name}/{_next}")!.Dispose();
            var flushed = _tracing.ForceFlush();
            _agent.Collector!.HandOffs.NoneAsync().GetAwaiter().GetResult();
            Console.WriteLine($"lot {(flushed && Refused() == refused ? "acknowledged" : "refused")} {from} {_next}");
        }
    }

    private long Refused() => _agent.GetStatus().Receivers.Single(receiver => receiver.Name == "hand_off")
        .Signals.Single(signal => signal.Signal == OtlpSignal.Traces).Refused.Values.Sum();

    private async Task FlushAsync()
    {
        await _agent.FlushAsync();
        Console.WriteLine("flushed");
    }

    private async Task DeliverAsync(int spans)
    {
        ActivityTraceId trace;
        using (var root = Source.StartActivity($"{_name}/root")!)
        {
            trace = root.TraceId;
            for (var i = 1; i < spans; i++)
                Source.StartActivity($"{_name}/child-{i}")!.Dispose();
        }

        var delivery = await _agent.WaitForDeliveryAsync(trace, spans);
        Console.WriteLine($"delivery {delivery.Status} {delivery.Spans}");
    }

    private void TellRole()
    {
        var part = _agent.GetStatus().SharedAgent!;
        Console.WriteLine(
            $"role {part.Role} {part.HolderProcessId} {List(_agent.GrpcEndpoints)} {List(_agent.HttpEndpoints)} "
            + List(_agent.StatusEndpoints));
    }

    private void TellState()
    {
        var status = _agent.GetStatus();
        var shared = status.Exporters.Where(exporter => exporter.Name == "shared").SelectMany(exporter => exporter.Signals);
        Console.WriteLine(
            $"state {status.State} {shared.Sum(signal => signal.QueueItems)} {status.Memory.ReservedBytes} {status.Memory.LimitBytes} "
            + string.Join("; ", status.Problems));
    }

    private static string List<T>(IReadOnlyList<T> endpoints) => endpoints.Count == 0 ? "none" : string.Join(',', endpoints);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private sealed class EventLogger : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var values = (state as IReadOnlyList<KeyValuePair<string, object?>> ?? [])
                .Where(value => value.Key != "{OriginalFormat}").Select(value => $"{value.Key}={value.Value} ");
            Console.WriteLine($"event {eventId.Id} {string.Concat(values)}| {formatter(state, exception)}");
        }

        public void Dispose()
        {
        }
    }
}
