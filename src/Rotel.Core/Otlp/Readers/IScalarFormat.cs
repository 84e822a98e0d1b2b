using Rotel.Otlp.Wire;

namespace Rotel.Otlp.Readers;

/// <summary>How the elements of a repeated scalar field are encoded.</summary>
internal interface IScalarFormat<T>
{
    /// <summary>The wire type of one element when the field is not packed.</summary>
    static abstract WireType Type { get; }

    static abstract T Read(ref WireReader reader);
}
