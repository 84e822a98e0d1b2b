using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using OpenTelemetry.Proto.Trace.V1;

namespace FunctionHost;

/// <summary>
/// Plays a cloud: the platform that invokes a function in a process of its own and freezes it (SIGSTOP) the moment it has the answer, and
/// the backend where the function's telemetry arrives.
/// </summary>
internal sealed class Platform : IAsyncDisposable
{
    private const int Invocations = 3;
    private const int SpansOfAnInvocation = 3;

    private readonly WebApplication _application;
    private readonly Channel<int> _invocations = Channel.CreateUnbounded<int>();
    private readonly Channel<string> _answers = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process? _function;
    private int _spans;

    private Platform(WebApplication application)
    {
        _application = application;
        application.MapGet("/invocation/next", NextAsync);
        application.MapPost("/invocation/answer", AnswerAsync);
        application.MapPost("/v1/traces", ReceiveAsync);
    }

    public static async Task<Platform> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var platform = new Platform(builder.Build());
        await platform._application.StartAsync();
        var url = platform._application.Urls.Single();
        platform._function = Process.Start(Environment.ProcessPath!, [url, url]);
        return platform;
    }

    /// <summary>Invokes the function three times, the last time without time to flush; whether telemetry arrived as it should.</summary>
    public async Task<bool> InvokeAsync()
    {
        var isGood = true;
        foreach (var (milliseconds, expected) in new[] { (5000, SpansOfAnInvocation), (5000, SpansOfAnInvocation), (0, 0) })
        {
            var before = Volatile.Read(ref _spans);
            await _invocations.Writer.WriteAsync(milliseconds);
            var answer = await _answers.Reader.ReadAsync();

            // The function is frozen; what comes now was sent before.
            var arrived = Volatile.Read(ref _spans) - before;
            Console.WriteLine(
                $"{answer}: frozen after the answer; {milliseconds} ms to flush before it: "
                    + $"{arrived} of {SpansOfAnInvocation} spans arrived");
            isGood &= arrived == expected;
            Signal("CONT");
        }

        // Thawed for its end, it delivers the rest.
        _invocations.Writer.Complete();
        await _all.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Console.WriteLine($"thawed for its end: {Volatile.Read(ref _spans)} spans arrived");
        await _function!.WaitForExitAsync();
        return isGood && _function.ExitCode == 0;
    }

    public async ValueTask DisposeAsync()
    {
        if (_function is { HasExited: false })
            _function.Kill();
        _function?.Dispose();
        await _application.DisposeAsync();
    }

    private async Task<IResult> NextAsync(HttpResponse response)
    {
        if (!await _invocations.Reader.WaitToReadAsync())
            return Results.StatusCode(StatusCodes.Status410Gone);
        var timeLeft = await _invocations.Reader.ReadAsync();
        response.Headers.Append("Time-Left-Ms", timeLeft.ToString(CultureInfo.InvariantCulture));
        return Results.Text("espresso");
    }

    private async Task AnswerAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        var answer = await reader.ReadToEndAsync();
        Signal("STOP");
        await _answers.Writer.WriteAsync(answer);
    }

    private async Task<IResult> ReceiveAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);

        // The body is an ExportTraceServiceRequest, which has the fields of TracesData.
        var resources = TracesData.Parser.ParseFrom(body.ToArray()).ResourceSpans;
        var spans = resources.SelectMany(resource => resource.ScopeSpans).Sum(scope => scope.Spans.Count);
        if (Interlocked.Add(ref _spans, spans) >= Invocations * SpansOfAnInvocation)
            _all.TrySetResult();
        return Results.Bytes([], "application/x-protobuf");
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _function!.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
