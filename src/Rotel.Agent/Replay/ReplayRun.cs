using Rotel.DeadLetters;
using Rotel.Otlp;

namespace Rotel.Agent.Replay;

/// <summary>
/// Sends the lines of one file after another, in order, as many at once as exporters allow. A file goes when all of it is there; else what
/// is not stays in it.
/// </summary>
internal sealed class ReplayRun(ReplayDestinations destinations, string? exporter, ReplayReport report, CancellationToken stop)
{
    /// <summary>A Rotel that writes to a file lets go of it within moments; another replay does not.</summary>
    private const int Tries = 20;

    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(50);

    public async Task ReplayAsync(string file)
    {
        var name = Path.GetFileName(file);
        try
        {
            using var claim = await TakeAsync(file).ConfigureAwait(false);
            if (claim is not null)
                claim.Keep(await SendAsync(claim, name).ConfigureAwait(false));
            else if (File.Exists(file))
                report.Kept(name, 0, "the file is in use");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            report.Kept(name, 0, exception.Message);
        }
    }

    private async Task<DeadLetterClaim?> TakeAsync(string file)
    {
        for (var tries = 1; ; tries++)
        {
            if (DeadLetterClaim.TryTake(file) is { } claim)
                return claim;
            if (tries == Tries || stop.IsCancellationRequested || !File.Exists(file))
                return null;
            await Task.Delay(BetweenTries, TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Returns what is to stay of the file.</summary>
    private async Task<List<(long Start, long End)>> SendAsync(DeadLetterClaim claim, string name)
    {
        var lines = new List<ReplayedLine>();
        var sending = new List<Task>();
        using (var reader = claim.Read(destinations.Pool))
        {
            while (!stop.IsCancellationRequested && reader.MoveNext())
            {
                var line = new ReplayedLine(reader.Start, reader.End, $"{name}:{reader.Number}");
                lines.Add(line);
                if (TryRead(reader, line) is not { } payload)
                    continue;
                await line.Destination!.TurnAsync().ConfigureAwait(false);
                sending.Add(SendAsync(line, payload));
                await MakeRoomAsync(sending).ConfigureAwait(false);
            }

            if (reader.End < claim.Length && stop.IsCancellationRequested)
            {
                lines.Add(new ReplayedLine(reader.End, claim.Length, name));
                report.Kept(name, 0, "interrupted");
            }
        }

        await Task.WhenAll(sending).ConfigureAwait(false);
        return [.. lines.Where(line => !line.IsDone).Select(line => (line.Start, line.End))];
    }

    /// <summary>The payload of a line to send; null where it cannot be sent, or says nothing.</summary>
    private OtlpPayload? TryRead(DeadLetterLineReader reader, ReplayedLine line)
    {
        if (reader.IsTooLong)
        {
            report.Kept(line.Where, 0, "the line is longer than the memory limit");
            return null;
        }

        if (reader.Line.Trim(" \t\r"u8).IsEmpty)
        {
            line.IsDone = true;
            return null;
        }

        if (!DeadLetterLine.TryRead(reader.Line, out var letter, out var problem))
        {
            report.Kept(line.Where, 0, $"the line cannot be sent: {problem}");
            return null;
        }

        var to = exporter ?? letter.Exporter;
        line.Destination = destinations.Find(to, letter.Signal);
        if (line.Destination is null)
        {
            report.Kept(line.Where, letter.Items, $"no exporter '{to}' takes {letter.Signal.Name()}");
            return null;
        }

        if (DeadLetterPayload.TryRead(letter, reader.Line, destinations.Pool, out var payload, out problem))
            return payload;
        report.Kept(line.Where, letter.Items, $"the line cannot be sent: {problem}");
        return null;
    }

    private async Task SendAsync(ReplayedLine line, OtlpPayload payload)
    {
        var items = payload.ItemCount;
        if (await line.Destination!.SendAsync(payload).ConfigureAwait(false) is { } problem)
        {
            report.Kept(line.Where, items, problem);
            return;
        }

        line.IsDone = true;
        report.Delivered(items);
    }

    /// <summary>Lets what is on its way arrive before more is read than memory is to hold.</summary>
    private async Task MakeRoomAsync(List<Task> sending)
    {
        var budget = destinations.Pool.Budget;
        while (budget.Reserved > budget.Limit / 2 && sending.Find(task => !task.IsCompleted) is not null)
            await Task.WhenAny(sending.Where(task => !task.IsCompleted)).ConfigureAwait(false);
        if (sending.Count > 1000)
            sending.RemoveAll(task => task.IsCompleted);
    }

    private sealed class ReplayedLine(long start, long end, string where)
    {
        public long Start => start;

        public long End => end;

        public string Where => where;

        public ReplayDestination? Destination { get; set; }

        /// <summary>Whether it need not stay. Read when all that was sent has an end.</summary>
        public bool IsDone { get; set; }
    }
}
