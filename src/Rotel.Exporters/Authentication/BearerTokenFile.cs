using Rotel.Exporters.Http;
using Rotel.Settings;

namespace Rotel.Exporters.Authentication;

/// <summary>
/// A token in a file that others replace, as Kubernetes and vault agents do. Its content decides, not its time stamp: a token behind a
/// chain of symbolic links changes without the link's doing so. Read when used, at most once per <see cref="Freshness"/>; no timer.
/// </summary>
internal sealed class BearerTokenFile(string path, TimeProvider time)
{
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    /// <summary>Longer than any header a server takes.</summary>
    private const int MaxBytes = 64 * 1024;

    private readonly Lock _lock = new();
    private long? _readAt;
    private string? _token;
    private string? _problem;

    /// <summary>The token, or why there is none. A token that was read once stays while the file cannot be read.</summary>
    public (string? Token, string? Problem) Read()
    {
        lock (_lock)
        {
            return _readAt is { } readAt && time.GetElapsedTime(readAt) < Freshness ? (_token, _problem) : ReadFile();
        }
    }

    /// <summary>As <see cref="Read"/>, from the file whenever it was read last.</summary>
    public (string? Token, string? Problem) ReadAgain()
    {
        lock (_lock)
            return ReadFile();
    }

    private (string? Token, string? Problem) ReadFile()
    {
        _readAt = time.GetTimestamp();
        if (SettingFile.Read(path, MaxBytes, out var problem) is { } text)
        {
            var token = text.Trim();
            problem = token.Length == 0 ? $"'{path}' is empty"
                : RequestHeaders.Problem(RequestHeaders.Authorization, token) is not null ? $"'{path}' holds none that can be sent"
                : null;
            if (problem is null)
                _token = token;
        }

        _problem = $"no bearer token: {problem}";
        return (_token, _problem);
    }
}
