using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Rotel.Diagnostics;

namespace Rotel.Certificates;

/// <summary>
/// Something that is made from files and made anew when they change. They are looked at when somebody asks for it, at most once per
/// interval, and by one of those who ask; no timer runs and nobody waits. Whole contents are compared, for links and coarse file times
/// hide changes. While the new files cannot be used (broken, or a certificate whose key is yet to be written) the last good one stays.
/// </summary>
/// <typeparam name="T">Immutable; its <see cref="object.ToString"/> is what the log says of it.</typeparam>
internal sealed class Reloading<T>
    where T : class
{
    private readonly IReadOnlyList<PemSource> _sources;
    private readonly PemLoader<T> _load;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly bool _reloads;
    private readonly Lock _checking = new();
    private byte[] _fingerprint;
    private string? _complaint;
    private long _lastCheck;
    private T _current;

    private Reloading(
        IReadOnlyList<PemSource> sources, PemLoader<T> load, TimeSpan interval, TimeProvider time, ILogger logger, T first, byte[] fingerprint)
    {
        _sources = sources;
        _load = load;
        _interval = interval;
        _time = time;
        _logger = logger;
        _reloads = interval > TimeSpan.Zero && sources.Any(source => source.IsFile);
        _current = first;
        _fingerprint = fingerprint;
        _lastCheck = time.GetTimestamp();
    }

    /// <summary>The newest that could be used. Never throws.</summary>
    public T Current
    {
        get
        {
            if (_reloads && IsDue() && _checking.TryEnter())
                CheckAndExit();
            return Volatile.Read(ref _current);
        }
    }

    /// <summary>Makes it for the first time.</summary>
    /// <param name="sources">What it is made from.</param>
    /// <param name="load">How.</param>
    /// <param name="interval">How long a look at the files is good for; zero means that they are never looked at again.</param>
    /// <param name="time">The clock of the interval and of validity.</param>
    /// <param name="logger">Where a change is told: one line when it was taken, one when it cannot be.</param>
    /// <param name="reloading">What was made.</param>
    /// <param name="fault">Why nothing was made.</param>
    public static bool TryCreate(
        IReadOnlyList<PemSource> sources,
        PemLoader<T> load,
        TimeSpan interval,
        TimeProvider time,
        ILogger logger,
        [NotNullWhen(true)] out Reloading<T>? reloading,
        [NotNullWhen(false)] out CertificateFault? fault)
    {
        reloading = TryRead(sources, out var texts, out fault) && load(texts, time.GetUtcNow(), out fault) is { } first
            ? new Reloading<T>(sources, load, interval, time, logger, first, Fingerprint(texts))
            : null;
        return reloading is not null;
    }

    private bool IsDue() => _time.GetElapsedTime(Volatile.Read(ref _lastCheck)) >= _interval;

    private void CheckAndExit()
    {
        T? taken;
        string? complaint = null;
        try
        {
            if (!IsDue())
                return;
            taken = Check(out var fault);
            Volatile.Write(ref _lastCheck, _time.GetTimestamp());

            // One line for one mistake, however often it is seen.
            if (fault?.ToString() != _complaint)
                complaint = _complaint = fault?.ToString();
        }
        finally
        {
            _checking.Exit();
        }

        if (taken is not null)
            _logger.CertificateReloaded(string.Join(", ", _sources.Where(source => source.IsFile)), taken.ToString());
        else if (complaint is not null)
            _logger.CertificateNotReloaded(complaint);
    }

    /// <summary>The new one, when there is one; null with or without a fault when the old one stays.</summary>
    private T? Check(out CertificateFault? fault)
    {
        if (!TryRead(_sources, out var texts, out fault))
            return null;
        var fingerprint = Fingerprint(texts);
        if (fingerprint.AsSpan().SequenceEqual(_fingerprint))
            return null;
        T? loaded;
        try
        {
            loaded = _load(texts, _time.GetUtcNow(), out fault);
        }
        catch (Exception exception)
        {
            // Whatever a file may do to the platform's cryptography: a handshake with the last good one must not suffer for it.
            fault = new(_sources[0].Setting, $"cannot be used: {exception.Message.TrimEnd('.')}");
            return null;
        }

        if (loaded is null)
            return null;
        _fingerprint = fingerprint;
        Volatile.Write(ref _current, loaded);
        return loaded;
    }

    private static bool TryRead(
        IReadOnlyList<PemSource> sources, [NotNullWhen(true)] out PemText[]? texts, [NotNullWhen(false)] out CertificateFault? fault)
    {
        texts = new PemText[sources.Count];
        for (var i = 0; i < texts.Length; i++)
        {
            if (sources[i].Read(out fault) is not { } text)
            {
                texts = null;
                fault ??= new(sources[i].Setting, "cannot be read");
                return false;
            }

            texts[i] = new PemText(sources[i].Setting, text);
        }

        fault = null;
        return true;
    }

    private static byte[] Fingerprint(PemText[] texts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var text in texts)
        {
            hash.AppendData(MemoryMarshal.AsBytes(text.Text.AsSpan()));
            hash.AppendData([0, 0]);
        }

        return hash.GetHashAndReset();
    }
}
