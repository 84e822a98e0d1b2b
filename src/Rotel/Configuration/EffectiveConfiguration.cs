using System.Text;
using Rotel.Otlp;
using Rotel.Settings;

namespace Rotel.Configuration;

/// <summary>Writes a configuration for people to read, as the variables that would make it; without secrets.</summary>
internal static class EffectiveConfiguration
{
    public static string Describe(RotelPlan plan)
    {
        var text = new StringBuilder();
        if (!plan.IsEnabled)
            return $"{SettingScope.Global.For(GlobalSettings.Enabled).Variable}=false{Environment.NewLine}";

        text.AppendLine("# Rotel");
        text.AppendLine($"{SettingScope.Global.For(ReceiverSelection.ReceiversRow).Variable}={string.Join(',', plan.Options.Receivers)}");
        if (plan.Options.Processors.Count > 0)
        {
            var processors = plan.Options.Processors.BuiltIn.Select(processor => $"{processor.Name}:{processor.Type.Name}");
            text.AppendLine($"{SettingScope.Global.For(ProcessorSelection.ProcessorsRow).Variable}={string.Join(',', processors)}");
        }

        Append(text, SettingScope.Global, GlobalSettings.All, plan.Options);
        foreach (var receiver in plan.Options.Receivers.Others)
        {
            text.AppendLine().AppendLine($"# receiver {receiver.Type.Name}");
            Append(text, receiver.Scope, receiver.Type.Settings, receiver.Options);
        }

        foreach (var processor in plan.Options.Processors.BuiltIn)
        {
            var signals = OtlpSignals.All.ToArray().Where(processor.WorksOn).Select(OtlpSignals.Name);
            text.AppendLine()
                .AppendLine($"# processor {processor.Name} of type {processor.Type.Name}, for {string.Join(", ", signals)}");
            Append(text, processor.Scope, processor.Rows, processor.Options);
        }

        foreach (var exporter in plan.Options.Exporters.All)
        {
            var signals = string.Join(", ", plan.SignalsOf(exporter).Select(OtlpSignals.Name));
            text.AppendLine()
                .AppendLine($"# exporter {exporter.Name} of type {exporter.Type.Name}, for {(signals.Length > 0 ? signals : "nothing")}");
            Append(text, exporter.Scope, exporter.Rows, exporter.Options);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, SettingScope scope, IEnumerable<Setting> rows, object options)
    {
        foreach (var setting in rows)
        {
            var variable = scope.For(setting.Name).Variable;
            if (setting.Display(options) is { } value)
                text.AppendLine($"{variable}={value}");
            else if (setting.WhenUnset is { } otherwise)
                text.AppendLine($"# {variable}: {otherwise.Replace("`", "", StringComparison.Ordinal)}");
        }
    }
}
