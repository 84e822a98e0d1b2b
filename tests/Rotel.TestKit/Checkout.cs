namespace Rotel.TestKit;

/// <summary>The checkout the tests were built in, for tests that hold documents and project files to the code.</summary>
public static class Checkout
{
    /// <summary>The folder of the solution. Found from where the tests run: paths of the compiler are rewritten in deterministic builds.</summary>
    public static string Root { get; } = Find();

    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Rotel.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests do not run inside a checkout.");
        return folder.FullName;
    }
}
