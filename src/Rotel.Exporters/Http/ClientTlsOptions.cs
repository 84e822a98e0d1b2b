using Rotel.Certificates;

namespace Rotel.Exporters.Http;

/// <summary>TLS towards an exporter's destination. Where nothing is set, the destination is verified as the system does.</summary>
public sealed class ClientTlsOptions
{
    private bool? _skipVerify;
    private TlsVersion? _minVersion;
    private TimeSpan? _reloadInterval;

    /// <summary>Gets or sets the file with the authorities that the destination's certificate must come from, in PEM form.</summary>
    /// <value>Unset, like <see cref="CaPem"/>: those the system trusts.</value>
    public string? CaFile { get; set; }

    /// <summary>Gets or sets the text of the authorities, in place of <see cref="CaFile"/>.</summary>
    public string? CaPem { get; set; }

    /// <summary>Gets or sets the file with the certificate that is shown to the destination, and those of its issuers behind it.</summary>
    public string? CertFile { get; set; }

    /// <summary>Gets or sets the text of the certificate, in place of <see cref="CertFile"/>.</summary>
    public string? CertPem { get; set; }

    /// <summary>Gets or sets the file with the certificate's private key, not encrypted.</summary>
    public string? KeyFile { get; set; }

    /// <summary>Gets or sets the text of the private key, in place of <see cref="KeyFile"/>. Never shown.</summary>
    public string? KeyPem { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether any certificate is taken, so that anybody in between can read and change everything.
    /// </summary>
    /// <value>The default is false. True is a warning at start.</value>
    public bool SkipVerify
    {
        get => _skipVerify ?? false;
        set => _skipVerify = value;
    }

    /// <summary>Gets or sets the name that is asked for (SNI) and that the certificate must have.</summary>
    /// <value>Unset, the host in the endpoint.</value>
    /// <remarks>Destinations are then connected to without a proxy.</remarks>
    public string? ServerName { get; set; }

    /// <summary>Gets or sets the lowest version of TLS that is spoken.</summary>
    /// <value>The default is <see cref="TlsVersion.Tls12"/>.</value>
    public TlsVersion MinVersion
    {
        get => _minVersion ?? TlsVersion.Tls12;
        set => _minVersion = value;
    }

    /// <summary>Gets or sets how often the files may be looked at for changes; they are only looked at when something is sent.</summary>
    /// <value>The default is one minute. Zero never looks again.</value>
    /// <remarks>New connections use what has changed. Those that are open go on until nothing is sent over them or they are too old.</remarks>
    public TimeSpan ReloadInterval
    {
        get => _reloadInterval ?? TimeSpan.FromMinutes(1);
        set => _reloadInterval = value;
    }

    /// <summary>Whether nothing was set, not even to its default: a signal that is to be verified where others are not says so.</summary>
    internal bool IsDefault => ClientTlsSettings.FirstSet(this) is null;

    internal bool IsSkipVerifySet => _skipVerify is not null;

    internal bool IsMinVersionSet => _minVersion is not null;

    internal bool IsReloadIntervalSet => _reloadInterval is not null;
}
