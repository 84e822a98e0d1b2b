using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Rotel.Agent.Doctor;

/// <summary>
/// For programs: one object with <c>ok</c>, <c>interrupted</c> and <c>checks</c>, each with <c>subject</c>, <c>check</c>, <c>status</c>,
/// <c>found</c>, <c>advice</c> and <c>milliseconds</c>; the last two where there are any.
/// </summary>
internal sealed class JsonReport(TextWriter output) : DoctorReport
{
    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<DoctorStep> _steps = [];

    public override async Task EndAsync(bool wasInterrupted)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory, Readable))
        {
            json.WriteStartObject();
            json.WriteBoolean("ok", IsGood && !wasInterrupted);
            json.WriteBoolean("interrupted", wasInterrupted);
            json.WriteStartArray("checks");
            foreach (var step in _steps)
                Write(json, step);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        await output.WriteLineAsync(Encoding.UTF8.GetString(memory.ToArray())).ConfigureAwait(false);
        await output.FlushAsync().ConfigureAwait(false);
    }

    protected override Task WriteAsync(DoctorStep step)
    {
        _steps.Add(step);
        return Task.CompletedTask;
    }

    private static void Write(Utf8JsonWriter json, DoctorStep step)
    {
        json.WriteStartObject();
        json.WriteString("subject", step.Subject);
        json.WriteString("check", step.Name);
        json.WriteString("status", TextReport.Word(step.Status));
        json.WriteString("found", step.Found);
        if (step.Advice is not null)
            json.WriteString("advice", step.Advice);
        if (step.Took is { } took)
            json.WriteNumber("milliseconds", Math.Round(took.TotalMilliseconds, 1));
        json.WriteEndObject();
    }
}
