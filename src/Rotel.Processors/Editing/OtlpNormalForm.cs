using Rotel.Memory;
using Rotel.Otlp;

namespace Rotel.Processors.Editing;

internal static class OtlpNormalForm
{
    public static void Write(OtlpSignal signal, ReadOnlySpan<byte> body, PooledBytes output) => output.Write(body);
}
