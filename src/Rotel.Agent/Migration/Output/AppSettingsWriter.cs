using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Rotel.Configuration;
using Rotel.Settings;

namespace Rotel.Agent.Migration.Output;

/// <summary>Writes a configuration as <c>appsettings.json</c>, with the keys that docs/configuration.md lists.</summary>
internal static class AppSettingsWriter
{
    private static readonly JsonWriterOptions Readable = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write(MigratedConfiguration configuration)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            json.WriteStartObject(SettingScope.RootSection);
            WriteValues(json, configuration.Global);
            WriteReceivers(json, configuration);
            WriteProcessors(json, configuration);
            WriteExporters(json, configuration);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static void WriteReceivers(Utf8JsonWriter json, MigratedConfiguration configuration)
    {
        if (configuration.Receivers.Count == 0)
            return;
        json.WriteStartArray("Receivers");
        if (configuration.ReceivesOtlp)
            json.WriteStringValue("otlp");
        foreach (var receiver in configuration.Receivers)
            json.WriteStringValue(receiver.Type);
        json.WriteEndArray();
        foreach (var receiver in configuration.Receivers.Where(receiver => receiver.Values.Count > 0))
        {
            json.WriteStartObject(receiver.Scope.Section[(SettingScope.RootSection.Length + 1)..]);
            WriteValues(json, receiver);
            json.WriteEndObject();
        }
    }

    /// <summary>Sections have no order, so that numbers give it: a list and sections of what it names, side by side.</summary>
    private static void WriteProcessors(Utf8JsonWriter json, MigratedConfiguration configuration)
    {
        if (configuration.Processors.Count == 0)
            return;
        json.WriteStartObject("Processors");
        for (var i = 0; i < configuration.Processors.Count; i++)
        {
            var processor = configuration.Processors[i];
            json.WriteString(i.ToString(CultureInfo.InvariantCulture), $"{processor.Name}:{processor.Type}");
        }

        foreach (var processor in configuration.Processors.Where(processor => processor.Values.Count > 0))
        {
            json.WriteStartObject(processor.Name);
            WriteValues(json, processor);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteExporters(Utf8JsonWriter json, MigratedConfiguration configuration)
    {
        if (configuration.Exporters.Count == 0)
            return;
        json.WriteStartObject("Exporters");
        foreach (var exporter in configuration.Exporters)
        {
            if (exporter.Values.Count == 0)
            {
                json.WriteString(exporter.Name, exporter.Type);
                continue;
            }

            json.WriteStartObject(exporter.Name);
            json.WriteString("Type", exporter.Type);
            WriteValues(json, exporter);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteValues(Utf8JsonWriter json, MigratedGroup group)
    {
        foreach (var (name, value) in group.Values)
        {
            json.WritePropertyName(group.Scope.For(name).Key[(group.Scope.Section.Length + 1)..]);
            switch (value)
            {
                case MigratedValue.Text { Value: var text }:
                    WriteText(json, group.Row(name), text);
                    break;
                case MigratedValue.List { Items: var items }:
                    json.WriteStartArray();
                    foreach (var item in items)
                        json.WriteStringValue(item);
                    json.WriteEndArray();
                    break;
                case MigratedValue.Pairs { Items: var pairs }
                    when name == GlobalSettings.ResourceAttributes && pairs.All(pair => !pair.Value.Contains(',')):
                    // Their order counts, and a section has none.
                    json.WriteStringValue(string.Join(',', pairs.Select(pair => $"{pair.Key}={pair.Value}")));
                    break;
                case MigratedValue.Pairs { Items: var pairs }:
                    json.WriteStartObject();
                    foreach (var (key, text) in pairs)
                        json.WriteString(key, text);
                    json.WriteEndObject();
                    break;
            }
        }
    }

    private static void WriteText(Utf8JsonWriter json, Setting row, string text)
    {
        if (row.IsBoolean && SettingForms.Boolean.TryRead(text, out var flag, out _))
        {
            json.WriteBooleanValue(flag);
        }
        else if (row.Form.Contains("number", StringComparison.Ordinal)
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            json.WriteNumberValue(number);
        }
        else
        {
            json.WriteStringValue(text);
        }
    }
}
