using System.Security.Cryptography;

namespace Rotel.Exporters.Http;

/// <summary>A request body whose bytes can be hashed before they are sent, for signatures over them.</summary>
internal interface IHashedContent
{
    /// <summary>Appends exactly the bytes that will be sent.</summary>
    void AppendTo(IncrementalHash hash);
}
