using System.Security.Cryptography;
using Rotel.Otlp.Readers;
using Rotel.Otlp.Text;
using Rotel.Processors.Editing;

namespace Rotel.Processors.Attributes.Steps;

/// <summary>Puts the SHA-256 of values in their place, as lower-case hexadecimal.</summary>
internal sealed class HashStep(KeyChoice keys) : AttributeStep
{
    private const int HexLength = 2 * SHA256.HashSizeInBytes;

    public override IEnumerable<byte[]> Keys => keys.Keys;

    public override KeyChoice? Pattern => keys.IsPattern ? keys : null;

    public override void Apply(ref AttributeEdit edit, EditScratch scratch)
    {
        for (var i = keys.Find(edit, 0, scratch); i >= 0; i = keys.Find(edit, i + 1, scratch))
            Hash(ref edit, i, scratch);
    }

    private static void Hash(ref AttributeEdit edit, int index, EditScratch scratch)
    {
        var value = AnyValueReader.Read(edit.Value(index));
        if (value.Kind is AnyValueKind.None or AnyValueKind.StringIndex)
            return;

        var text = scratch.Text;
        text.Clear();
        AttributeText.Write(value, text);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text.Span, hash);
        Span<byte> hex = stackalloc byte[HexLength];
        for (var i = 0; i < hash.Length; i++)
        {
            hex[2 * i] = "0123456789abcdef"u8[hash[i] >> 4];
            hex[(2 * i) + 1] = "0123456789abcdef"u8[hash[i] & 0xf];
        }

        edit.SetString(index, hex);
    }
}
