using System.Globalization;

namespace Rotel.Agent.Doctor;

/// <summary>For people: a heading for each subject, below it a line or more for each step, none wider than a terminal.</summary>
internal sealed class TextReport(TextWriter output) : DoctorReport
{
    private const int Width = 100;

    /// <summary>Where the text of a step begins.</summary>
    private const int Indentation = 21;

    private string? _subject;

    public override async Task EndAsync(bool wasInterrupted)
    {
        await output.WriteLineAsync().ConfigureAwait(false);
        await output.WriteLineAsync(Summary(wasInterrupted)).ConfigureAwait(false);
        await output.FlushAsync().ConfigureAwait(false);
    }

    protected override async Task WriteAsync(DoctorStep step)
    {
        if (step.Subject != _subject)
        {
            if (_subject is not null)
                await output.WriteLineAsync().ConfigureAwait(false);
            await output.WriteLineAsync(step.Subject).ConfigureAwait(false);
            _subject = step.Subject;
        }

        var took = step.Took is { } time ? $" ({Format(time)})" : "";
        var lines = Wrap(step.Found + took).Concat(step.Advice is null ? [] : Wrap(step.Advice)).ToArray();
        await output.WriteLineAsync($"  {Word(step.Status),-8} {step.Name,-9} {lines[0]}").ConfigureAwait(false);
        foreach (var line in lines.Skip(1))
            await output.WriteLineAsync(new string(' ', Indentation) + line).ConfigureAwait(false);
        await output.FlushAsync().ConfigureAwait(false);
    }

    public static string Word(StepStatus status) => status switch
    {
        StepStatus.Ok => "ok",
        StepStatus.Warning => "warning",
        StepStatus.Failed => "failed",
        _ => "skipped",
    };

    private string Summary(bool wasInterrupted)
    {
        var failed = CountOf(StepStatus.Failed);
        var warnings = CountOf(StepStatus.Warning);
        var verdict = failed > 0 ? $"{failed} of {CountOf(StepStatus.Ok) + warnings + failed} checks failed."
            : warnings > 0 ? $"Everything works, with {warnings} warning{(warnings > 1 ? "s" : "")}."
            : "All is well.";
        return wasInterrupted ? $"Interrupted. {(failed > 0 ? verdict : "Nothing had failed until then.")}" : verdict;
    }

    private static string Format(TimeSpan time) => time.TotalSeconds >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms");

    /// <summary>Breaks between words; a word that is too long, a URL say, stays whole.</summary>
    private static IEnumerable<string> Wrap(string text)
    {
        var line = "";
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && Indentation + line.Length + 1 + word.Length > Width)
            {
                yield return line;
                line = word;
            }
            else
            {
                line = line.Length > 0 ? $"{line} {word}" : word;
            }
        }

        yield return line;
    }
}
