using System.Text;
using Rotel.Memory;

namespace Rotel.DeadLetters;

public sealed class DeadLetterClaimTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rotel-claim-").FullName;
    private readonly BufferPool _pool = new(new ByteBudget(1 << 20));

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        Assert.Equal(0, _pool.Budget.Reserved);
    }

    [Fact]
    public void Take_File_IsTheTakersAlone()
    {
        var path = Create("a\n");
        using (var claim = DeadLetterClaim.TryTake(path))
        {
            Assert.NotNull(claim);
            Assert.False(File.Exists(path));
            Assert.Null(DeadLetterClaim.TryTake(path));
            Assert.Null(DeadLetterClaim.TryTake(claim.Path));
        }

        // As a killed process leaves it.
        using var again = DeadLetterClaim.TryTake(Assert.Single(DeadLetterFiles.Find(_folder)).FullName);
        Assert.NotNull(again);
    }

    [Fact]
    public void Keep_Parts_LeavesThoseInOrder()
    {
        using (var claim = DeadLetterClaim.TryTake(Create("one\ntwo\nthree\nfour")))
        {
            using (var reader = claim!.Read(_pool))
            {
                var parts = new List<(long, long)>();
                while (reader.MoveNext())
                {
                    if (reader.Number % 2 == 0)
                        parts.Add((reader.Start, reader.End));
                }

                claim.Keep(parts);
            }
        }

        var left = Assert.Single(DeadLetterFiles.Find(_folder)).FullName;
        Assert.Equal("two\nfour", File.ReadAllText(left));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(left));
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Fact]
    public void Keep_Nothing_DeletesTheFile()
    {
        using var claim = DeadLetterClaim.TryTake(Create("one\n"));
        claim!.Keep([]);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void Take_DraftOfAKilledProcess_IsReplaced()
    {
        var path = Create("one\ntwo\n");
        File.WriteAllText(DeadLetterFiles.DraftOf(DeadLetterFiles.Claimed(path)), "hal");
        using (var claim = DeadLetterClaim.TryTake(path))
            claim!.Keep([(4, 8)]);

        Assert.Equal("two\n", File.ReadAllText(Assert.Single(Directory.GetFiles(_folder))));
    }

    [Fact]
    public void Read_LinesOfAllLengths_AreWhole()
    {
        var random = new Random(7);
        var lines = Enumerable.Range(0, 300)
            .Select(i => new string((char)('a' + (i % 26)), random.Next(4) == 0 ? random.Next(200_000) : random.Next(3)))
            .ToArray();
        using var claim = DeadLetterClaim.TryTake(Create(string.Join('\n', lines) + "\n"));
        using var reader = claim!.Read(_pool);
        foreach (var line in lines)
        {
            Assert.True(reader.MoveNext());
            Assert.Equal(line, Encoding.UTF8.GetString(reader.Line));
            Assert.False(reader.IsTooLong);
        }

        Assert.False(reader.MoveNext());
    }

    [Fact]
    public void Read_LineLargerThanTheBudget_IsPassedOver()
    {
        using var claim = DeadLetterClaim.TryTake(Create("one\n" + new string('x', 5_000_000) + "\nthree\n"));
        using var reader = claim!.Read(_pool);
        Assert.True(reader.MoveNext() && !reader.IsTooLong);
        Assert.True(reader.MoveNext() && reader.IsTooLong);
        Assert.Equal((4L, 5_000_005L), (reader.Start, reader.End));
        Assert.True(reader.MoveNext() && !reader.IsTooLong);
        Assert.Equal("three", Encoding.UTF8.GetString(reader.Line));
        Assert.False(reader.MoveNext());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("{\"signal\":\"traces\",\"exporter\":\"a\"}")]
    [InlineData("{\"signal\":\"smells\",\"exporter\":\"a\",\"request\":{}}")]
    [InlineData("{\"signal\":\"traces\",\"request\":{}}")]
    [InlineData("{\"signal\":\"traces\",\"exporter\":\"a\",\"request\":{\"resourceSpans\":[")]
    [InlineData("{\"signal\":\"traces\",\"exporter\":\"a\",\"request\":{}} x")]
    [InlineData("{\"signal\":7,\"exporter\":[],\"headers\":{\"a\":[1]},\"request\":{}}")]
    public void Line_Damaged_SaysWhat(string line)
    {
        Assert.False(DeadLetterLine.TryRead(Encoding.UTF8.GetBytes(line), out _, out var problem));
        Assert.NotEmpty(problem);
    }

    [Theory]
    [InlineData("\"request\":{}")]
    [InlineData("\"request\":[]")]
    [InlineData("\"request\":{\"resourceSpans\":7}")]
    [InlineData("\"protobuf\":\"????\"")]
    [InlineData("\"protobuf\":\"/////w==\"")]
    public void Payload_OfADamagedBody_SaysWhat(string body)
    {
        var text = Encoding.UTF8.GetBytes($"{{\"signal\":\"traces\",\"exporter\":\"a\",{body}}}");
        Assert.True(DeadLetterLine.TryRead(text, out var line, out _));
        Assert.False(DeadLetterPayload.TryRead(line, text, _pool, out _, out var problem));
        Assert.NotEmpty(problem);
    }

    private string Create(string content)
    {
        var path = Path.Combine(_folder, DeadLetterFiles.NewName(DateTimeOffset.UnixEpoch));
        File.WriteAllText(path, content);
        return path;
    }
}
