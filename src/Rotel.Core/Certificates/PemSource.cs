using System.Text;

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

        try
        {
            // Whoever rotates the file may replace or write it at this moment; a half-written one is found out when it is parsed.
            using var file = new FileStream(_path!, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[MaxBytes + 1];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (length > MaxBytes)
            {
                fault = new(Setting, $"'{_path}' is larger than the {MaxBytes / 1024} KiB that PEM files may have here");
                return null;
            }

            using var text = new StreamReader(new MemoryStream(bytes, 0, length), Encoding.UTF8);
            return text.ReadToEnd();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            fault = new(Setting, $"cannot read '{_path}': {exception.Message.TrimEnd('.')}");
            return null;
        }
    }

    /// <summary>For logs: the path, or the setting's name.</summary>
    public override string ToString() => _path ?? Setting;
}
