namespace Rotel.Certificates;

/// <summary>A version of TLS that a listener or an exporter can insist on.</summary>
public enum TlsVersion
{
    /// <summary>TLS 1.2 (https://www.rfc-editor.org/rfc/rfc5246).</summary>
    Tls12,

    /// <summary>TLS 1.3 (https://www.rfc-editor.org/rfc/rfc8446).</summary>
    Tls13,
}
