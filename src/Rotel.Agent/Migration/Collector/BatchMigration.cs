using Rotel.Otlp;
using Rotel.Settings;

namespace Rotel.Agent.Migration.Collector;

/// <summary>The collector's processor <c>batch</c>, which is none here: batching is every exporter's, behind the fan-out.</summary>
internal static class BatchMigration
{
    /// <param name="section">The processor.</param>
    /// <param name="signals">The signals it batches.</param>
    /// <param name="isForAll">Whether every signal that goes anywhere is among them.</param>
    /// <param name="context">The migration.</param>
    public static void Migrate(CollectorSection section, IReadOnlyList<OtlpSignal> signals, bool isForAll, CollectorContext context)
    {
        var global = context.Configuration.Global;
        var sends = section.Number("send_batch_size");
        var most = section.Number("send_batch_max_size");
        foreach (var prefix in isForAll ? [""] : signals.Select(signal => $"{signal.Name()}_"))
        {
            // Nothing to wait for means no waiting.
            if (sends == 0)
                global.Set(prefix + SharedExporterSettings.BatchTimeout, "0s", section.PlaceOf("send_batch_size"));
            else
                section.CopyDuration("timeout", global, prefix + SharedExporterSettings.BatchTimeout);
            if (sends > 0)
                section.Copy("send_batch_size", global, prefix + SharedExporterSettings.BatchMaxSize);
            else if (most > 0)
                section.Copy("send_batch_max_size", global, prefix + SharedExporterSettings.BatchMaxSize);
        }

        if (sends > 0 && most > 0 && most != sends)
            section.Differ("send_batch_max_size", "a batch of Rotel is sent as soon as it holds send_batch_size, and never holds more");
        section.Ignore("timeout", "send_batch_max_size");
        section.Leave(
            "metadata_keys", "Rotel keeps requests apart by the headers that an exporter sends on",
            "Name them in headers_from_metadata of the exporter");
        section.Ignore("metadata_cardinality_limit");
    }
}
