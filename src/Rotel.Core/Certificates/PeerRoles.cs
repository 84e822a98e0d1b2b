namespace Rotel.Certificates;

/// <summary>The extended key usages of https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.12; a certificate that names none is good for all.</summary>
internal static class PeerRoles
{
    public const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    public const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
}
