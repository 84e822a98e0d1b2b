namespace Rotel.TestKit.Fuzzing;

/// <summary>Makes a case that breaks a law shorter, as long as it still does: leaves out parts that its target knows of, then ever smaller pieces.</summary>
internal sealed class FuzzShortening(FuzzTarget target, Func<byte[], bool> stillFails)
{
    private int _triesLeft = 4_000;

    public byte[] Shorten(byte[] body) => WithoutPieces(WithoutParts(body));

    private byte[] WithoutParts(byte[] body)
    {
        var part = 0;
        while (_triesLeft-- > 0 && target.Without(body, part) is { } without)
        {
            if (without.Length < body.Length && stillFails(without))
                body = without;
            else
                part++;
        }

        return body;
    }

    private byte[] WithoutPieces(byte[] body)
    {
        for (var piece = body.Length / 2; piece > 0; piece /= 2)
        {
            for (var at = body.Length - piece; at >= 0 && _triesLeft-- > 0; at -= piece)
            {
                // The end may have come nearer meanwhile.
                if (at + piece > body.Length)
                    continue;
                byte[] without = [.. body.AsSpan(0, at), .. body.AsSpan(at + piece)];
                if (stillFails(without))
                    body = without;
            }
        }

        return body;
    }
}
