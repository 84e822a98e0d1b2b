using System.Text;

namespace Rotel.Settings;

/// <summary>Reads small text files that settings name: certificates, keys, secrets.</summary>
internal static class SettingFile
{
    /// <summary>Files are read again and again to see whether they have changed, and few are longer.</summary>
    private const int BlockSize = 4096;

    /// <summary>Reads a file whole; null, with what is wrong, when it cannot be read or is larger than a limit.</summary>
    public static string? Read(string path, int maxBytes, out string? problem)
    {
        problem = null;
        if (path.Contains("-----BEGIN ", StringComparison.Ordinal))
        {
            // Perhaps a key, which must not be repeated as a path would.
            problem = "expected the path of a file, found PEM text";
            return null;
        }

        try
        {
            // Whoever rotates the file may replace or write it at this moment; a half-written one is found out by who reads its text.
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var content = new MemoryStream();
            Span<byte> block = stackalloc byte[BlockSize];
            while (file.Read(block) is var count and > 0)
            {
                if (content.Length + count > maxBytes)
                {
                    problem = $"'{path}' is larger than the {maxBytes / 1024} KiB that such a file may have";
                    return null;
                }

                content.Write(block[..count]);
            }

            content.Position = 0;
            using var text = new StreamReader(content, Encoding.UTF8);
            return text.ReadToEnd();
        }
        catch (Exception exception) when (
            exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            problem = $"cannot read '{path}': {exception.Message.TrimEnd('.')}";
            return null;
        }
    }
}
