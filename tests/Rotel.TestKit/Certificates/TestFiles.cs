namespace Rotel.TestKit.Certificates;

/// <summary>A directory of the test's own, gone with it.</summary>
public sealed class TestFiles : IDisposable
{
    /// <summary>Short, for the path of a socket may have only about a hundred characters.</summary>
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("rotel").FullName;

    public string PathOf(string name) => Path.Combine(Directory, name);

    /// <summary>Writes a file in one step, as a careful rotation does, and returns its path.</summary>
    public string Write(string name, string text)
    {
        var path = PathOf(name);
        var next = path + ".next";
        File.WriteAllText(next, text);
        File.Move(next, path, overwrite: true);
        return path;
    }

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
