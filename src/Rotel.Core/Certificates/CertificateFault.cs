namespace Rotel.Certificates;

/// <summary>Why a certificate, a key or a bundle cannot be used.</summary>
/// <param name="Setting">The name of the row that gave it, such as <c>otlp_tls_cert_file</c>.</param>
/// <param name="Problem">What is wrong and what would be right, without a full stop; never a part of what was read.</param>
internal sealed record CertificateFault(string Setting, string Problem)
{
    public override string ToString() => $"{Setting}: {Problem}";
}
