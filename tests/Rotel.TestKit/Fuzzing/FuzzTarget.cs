namespace Rotel.TestKit.Fuzzing;

/// <summary>
/// Something that takes bytes from strangers, and the laws that hold for any bytes at all. The first bytes of a case choose among variants
/// (signal, coding, limits), so that a case is one array that says everything, and can be kept, shortened and replayed as it is.
/// </summary>
public abstract class FuzzTarget
{
    /// <summary>One word: it stands in messages, and before <c>.cases</c> in the name of the file of cases that once broke a law.</summary>
    public abstract string Name { get; }

    /// <summary>Cases to begin with, most of them legal, the same for the same seed.</summary>
    public abstract IEnumerable<byte[]> Seeds(int seed);

    /// <summary>Another case, made of one that is known; <paramref name="other"/> is there to take parts from.</summary>
    public abstract byte[] Mutate(Random random, byte[] known, byte[] other);

    /// <summary>
    /// Checks all laws; throws where one is broken. Says how it went in a few words that tell one way through the code from another
    /// (verdict, place, magnitude; no offset or count as such, or every case would be new): the run goes on from what gave new words.
    /// </summary>
    public abstract string Check(byte[] body);

    /// <summary>A case without one of its parts, for one that breaks a law to be made shorter; null when there are no more parts.</summary>
    public virtual byte[]? Without(byte[] body, int part) => null;

    /// <summary>The cases that once broke a law: lines of base64 in a resource of the assembly, the others begin with <c>#</c> and say why.</summary>
    public IEnumerable<byte[]> Cases()
    {
        using var stream = GetType().Assembly.GetManifestResourceStream($"{Name}.cases")
            ?? throw new InvalidOperationException($"There is no resource {Name}.cases.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line is not ("" or ['#', ..]))
                yield return Convert.FromBase64String(line);
        }
    }

    /// <summary>Fails with words on the law that is broken.</summary>
    protected static void Law(bool holds, string law)
    {
        if (!holds)
            throw new BrokenLawException(law);
    }
}
