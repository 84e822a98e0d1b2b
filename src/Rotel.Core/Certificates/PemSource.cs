using Rotel.Settings;

namespace Rotel.Certificates;

/// <summary>Where PEM text comes from: a file, which may change while Rotel runs, or a setting's own text, which cannot.</summary>
internal sealed class PemSource
{
    /// <summary>Far above the largest bundle of authorities in use, and little enough to read while a connection waits.</summary>
    internal const int MaxBytes = 1024 * 1024;

    private readonly string? _path;
    private readonly string? _text;

    private PemSource(string setting, string? path, string? text)
    {
        Setting = setting;
        _path = path;
        _text = text;
    }

    /// <summary>The name of the row that gave it.</summary>
    public string Setting { get; }

    public bool IsFile => _path is not null;

    /// <summary>The source that two settings give, of which at most one is set; null when neither is.</summary>
    /// <param name="file">The row of the path, and its value.</param>
    /// <param name="pem">The row of the text, and its value.</param>
    /// <param name="fault">Set when both have a value.</param>
    public static PemSource? Of((string Setting, string? Path) file, (string Setting, string? Text) pem, out CertificateFault? fault)
    {
        var hasFile = !string.IsNullOrWhiteSpace(file.Path);
        var hasText = !string.IsNullOrWhiteSpace(pem.Text);
        fault = hasFile && hasText ? new(file.Setting, $"cannot be used together with {pem.Setting}; keep one of them") : null;
        return hasFile ? new(file.Setting, file.Path, null)
            : hasText ? new(pem.Setting, null, pem.Text)
            : null;
    }

    /// <summary>Reads it now; null, with a fault, when the file cannot be read.</summary>
    public string? Read(out CertificateFault? fault)
    {
        fault = null;
        if (_text is not null)
            return _text;

        var text = SettingFile.Read(_path!, MaxBytes, out var problem);
        fault = problem is null ? null : new(Setting, problem);
        return text;
    }

    /// <summary>For logs: the path, or the setting's name.</summary>
    public override string ToString() => _path ?? Setting;
}
