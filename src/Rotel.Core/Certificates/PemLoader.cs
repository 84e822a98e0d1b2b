namespace Rotel.Certificates;

/// <summary>Makes something of PEM texts, or says which setting keeps it from it. Throws nothing.</summary>
/// <typeparam name="T">What is made.</typeparam>
/// <param name="texts">In the order of their sources.</param>
/// <param name="now">For periods of validity.</param>
/// <param name="fault">Set when null is returned.</param>
internal delegate T? PemLoader<T>(IReadOnlyList<PemText> texts, DateTimeOffset now, out CertificateFault? fault)
    where T : class;
