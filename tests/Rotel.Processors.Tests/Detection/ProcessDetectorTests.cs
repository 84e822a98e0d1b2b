using System.Globalization;
using OsProcess = System.Diagnostics.Process;

namespace Rotel.Processors.Detection;

public sealed class ProcessDetectorTests
{
    [Fact]
    public async Task Process_IsThisOne()
    {
        using var place = new Place();
        using var process = OsProcess.GetCurrentProcess();

        var resource = await place.DetectAsync(ResourceDetector.Process);

        var found = resource.Attributes.ToDictionary(attribute => attribute.Key, attribute => attribute.Value);
        Assert.Equal(process.Id, found["process.pid"].IntValue);
        Assert.Equal(".NET", found["process.runtime.name"].StringValue);
        Assert.Equal(Environment.Version.ToString(), found["process.runtime.version"].StringValue);
        Assert.StartsWith(".NET " + Environment.Version.Major, found["process.runtime.description"].StringValue, StringComparison.Ordinal);
        Assert.Equal(process.MainModule!.FileName, found["process.executable.path"].StringValue);
        Assert.Equal(Path.GetFileName(process.MainModule.FileName), found["process.executable.name"].StringValue);
        Assert.Equal(Environment.UserName, found["process.owner"].StringValue);
        var created = DateTimeOffset.ParseExact(
            found["process.creation.time"].StringValue, "yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        Assert.Equal(process.StartTime.ToUniversalTime(), created.UtcDateTime, TimeSpan.FromMilliseconds(50));
        Assert.Equal(8, found.Count);
    }
}
