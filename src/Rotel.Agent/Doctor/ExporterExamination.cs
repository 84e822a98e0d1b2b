using Rotel.Configuration;
using Rotel.Destinations;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Agent.Doctor;

/// <summary>
/// Looks into one exporter, from the outside in: addresses, connections, TLS, what only its type knows, and last a test item of each
/// signal, sent by the exporter itself. What would only repeat a failure is skipped.
/// </summary>
internal sealed class ExporterExamination
{
    /// <summary>What may be said about a destination beside test items.</summary>
    private static readonly TimeSpan ExaminationTimeout = TimeSpan.FromSeconds(15);

    private readonly ConfiguredExporter _exporter;
    private readonly IReadOnlyList<OtlpSignal> _signals;
    private readonly ExporterContext _context;
    private readonly DoctorOptions _options;
    private readonly DoctorReport _report;
    private readonly string _subject;

    /// <param name="exporter">Which.</param>
    /// <param name="signals">What goes to it.</param>
    /// <param name="context">What it works with.</param>
    /// <param name="options">What is asked for.</param>
    /// <param name="report">Told each step.</param>
    public ExporterExamination(
        ConfiguredExporter exporter, IReadOnlyList<OtlpSignal> signals, ExporterContext context, DoctorOptions options, DoctorReport report)
    {
        _exporter = exporter;
        _signals = signals;
        _context = context;
        _options = options;
        _report = report;
        _subject = $"exporter {exporter.Name} ({exporter.Type.Name})";
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (_signals.Count == 0)
        {
            await AddAsync("signals", StepStatus.Skipped, "no signal goes to it").ConfigureAwait(false);
            return;
        }

        var destinations = _exporter.Type.DestinationsOf(_exporter.Options, _signals, _context);
        var reached = new List<ExporterDestination>();
        foreach (var destination in destinations)
        {
            var connection = new ConnectionExamination(
                destination, _context.Time, step => _report.AddAsync(step with { Subject = _subject }));
            if (await connection.RunAsync(cancellationToken).ConfigureAwait(false))
                reached.Add(destination);
        }

        var isReached = destinations.Count == 0 || reached.Count > 0;
        if (isReached)
            await ExamineAsync(cancellationToken).ConfigureAwait(false);
        if (!_options.SendsItems)
        {
            await AddAsync("items", StepStatus.Skipped, "no test item is sent, as asked").ConfigureAwait(false);
            return;
        }

        var items = new TestItemDelivery(_exporter, _context);
        await using (items.ConfigureAwait(false))
        {
            foreach (var signal in _signals.Where(_options.Signals.Contains))
            {
                var canBeSent = destinations.Count == 0 || reached.Exists(to => to.Signals.Contains(signal));
                await SendAsync(items, signal, canBeSent, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>What only its type knows.</summary>
    private async Task ExamineAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(ExaminationTimeout, _context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var started = _context.Time.GetTimestamp();
        try
        {
            var findings = await _exporter.Type.ExamineAsync(_exporter.Options, _signals, _context, either.Token).ConfigureAwait(false);
            foreach (var (subject, isGood, found, advice) in findings)
            {
                await AddAsync(subject, isGood ? StepStatus.Ok : StepStatus.Failed, found, isGood ? null : advice)
                    .ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await _report.AddAsync(new(
                _subject, "ask", StepStatus.Failed, "the destination took too long to describe itself", OutcomeWords.SlowAdvice,
                _context.Time.GetElapsedTime(started)))
                .ConfigureAwait(false);
        }
    }

    private async Task SendAsync(TestItemDelivery items, OtlpSignal signal, bool isReached, CancellationToken cancellationToken)
    {
        if (!isReached)
        {
            await AddAsync(signal.Name(), StepStatus.Skipped, "no test item is sent, for the destination cannot be reached")
                .ConfigureAwait(false);
            return;
        }

        if (!TestItem.Exists(signal))
        {
            await AddAsync(signal.Name(), StepStatus.Skipped, "there is no test item of this signal").ConfigureAwait(false);
            return;
        }

        var started = _context.Time.GetTimestamp();
        var outcome = await items.SendAsync(signal, cancellationToken).ConfigureAwait(false);
        var (status, found, advice) = OutcomeWords.Of(outcome, _exporter, signal);
        await _report.AddAsync(new(_subject, signal.Name(), status, found, advice, _context.Time.GetElapsedTime(started)))
            .ConfigureAwait(false);
    }

    private Task AddAsync(string name, StepStatus status, string found, string? advice = null) =>
        _report.AddAsync(new(_subject, name, status, found, advice));
}
