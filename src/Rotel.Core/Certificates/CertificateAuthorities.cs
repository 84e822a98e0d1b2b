using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rotel.Certificates;

/// <summary>The authorities a peer's certificate must come from, in place of the machine's own. Immutable.</summary>
internal sealed class CertificateAuthorities
{
    private readonly X509Certificate2Collection _certificates;

    private CertificateAuthorities(X509Certificate2Collection certificates) => _certificates = certificates;

    /// <param name="texts">One bundle: roots, and intermediates that peers may leave out.</param>
    /// <param name="now">A bundle of nothing but expired certificates is refused.</param>
    /// <param name="fault">Set when null is returned.</param>
    public static CertificateAuthorities? Load(IReadOnlyList<PemText> texts, DateTimeOffset now, out CertificateFault? fault)
    {
        if (!texts[0].TryReadCertificates(out var certificates, out fault))
            return null;
        if (!certificates.Any(certificate => IsSelfIssued(certificate)))
        {
            fault = new(texts[0].Setting, "holds no root: a chain must end in a certificate that is issued by itself; add the authority's root");
            return null;
        }

        if (certificates.All(certificate => now > certificate.NotAfter.ToUniversalTime()))
        {
            fault = new(texts[0].Setting, "holds nothing but expired certificates");
            return null;
        }

        return new CertificateAuthorities(certificates);
    }

    /// <summary>
    /// How a peer is verified: its chain must end in one of these roots, must be valid now and fit for its role. Nothing is downloaded and
    /// no revocation list is asked. For one handshake: SslStream writes the peer's intermediates into it.
    /// </summary>
    public X509ChainPolicy CreatePolicy(PeerRole role, DateTimeOffset now)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = now.LocalDateTime,
            ApplicationPolicy = { new Oid(role == PeerRole.Server ? PeerRoles.ServerAuthentication : PeerRoles.ClientAuthentication) },
        };
        foreach (var certificate in _certificates)
            (IsSelfIssued(certificate) ? policy.CustomTrustStore : policy.ExtraStore).Add(certificate);
        return policy;
    }

    /// <summary>Verifies a peer where a validation callback has to: what the default validation found about its chain does not count.</summary>
    /// <param name="peer">What the peer showed.</param>
    /// <param name="presented">The intermediates it sent along: <c>ExtraStore</c> of the chain the callback is given.</param>
    /// <param name="role">What the peer claims to be.</param>
    /// <param name="now">When.</param>
    /// <returns>Why it is not trusted, or null. Its host name is for the caller to check.</returns>
    public string? FindProblem(X509Certificate2 peer, X509Certificate2Collection? presented, PeerRole role, DateTimeOffset now)
    {
        using var chain = new X509Chain { ChainPolicy = CreatePolicy(role, now) };
        if (presented is not null)
            chain.ChainPolicy.ExtraStore.AddRange(presented);
        return chain.Build(peer) ? null : Explain(chain);
    }

    /// <summary>What is wrong with a chain that was built by <see cref="CreatePolicy"/>, for people to read.</summary>
    public static string Explain(X509Chain chain)
    {
        var statuses = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status);
        if (statuses.HasFlag(X509ChainStatusFlags.NotTimeValid))
            return "it or one of its issuers has expired or is not valid yet";
        if ((statuses & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0)
            return "no authority that is trusted here has issued it";
        if (statuses.HasFlag(X509ChainStatusFlags.NotValidForUsage))
            return "it is not meant for this use (extended key usage)";
        return statuses.HasFlag(X509ChainStatusFlags.NotSignatureValid) ? "a signature in its chain is wrong" : $"its chain is wrong: {statuses}";
    }

    public override string ToString() => _certificates.Count == 1
        ? CertificateText.Describe(_certificates[0])
        : $"{_certificates.Count} certificates, the first {CertificateText.Describe(_certificates[0])}";

    private static bool IsSelfIssued(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);
}
