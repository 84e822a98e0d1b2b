using Rotel.Settings;

namespace Rotel.Processors.Detection;

public sealed class ResourceDetectionSettingsTests
{
    private readonly IReadOnlyList<Setting> _rows = [.. ResourceDetectionSettings.Rows<ResourceDetectionOptions>(options => options)];

    [Fact]
    public void Rows_ReadWhatTheyWrite()
    {
        var options = new ResourceDetectionOptions();
        Assert.Null(Row("resource_detectors").Show(options));

        Assert.Null(Row("resource_detectors").Apply(options, " ec2, azure-vm,env, EC2,k8s"));
        Assert.Null(Row("resource_detection_timeout").Apply(options, "500ms"));
        Assert.Null(Row("resource_detection_override").Apply(options, "true"));

        Assert.Equal([ResourceDetector.Ec2, ResourceDetector.AzureVm, ResourceDetector.Env, ResourceDetector.K8s], options.Detectors);
        Assert.Equal("ec2,azure_vm,env,k8s", Row("resource_detectors").Show(options));
        Assert.Equal(TimeSpan.FromMilliseconds(500), options.Timeout);
        Assert.True(options.Override);
        Assert.Empty(Errors(options));
    }

    [Fact]
    public void Detectors_ByNone_AreNone()
    {
        var options = new ResourceDetectionOptions { Detectors = { ResourceDetector.Env } };

        Assert.Null(Row("resource_detectors").Apply(options, "none"));

        Assert.Empty(options.Detectors);
    }

    [Fact]
    public void Detectors_InAConfigurationSection_AreRead()
    {
        var options = new ResourceDetectionOptions();

        Assert.Null(Row("resource_detectors").ApplyItems(options, [new("0", "host"), new("1", "container")]));

        Assert.Equal([ResourceDetector.Host, ResourceDetector.Container], options.Detectors);
    }

    [Fact]
    public void Detector_ThatIsUnknown_IsAnError() => Assert.Equal(
        "expected a list of env, process, host, container, k8s, azure, azure_vm, aws, ec2",
        Row("resource_detectors").Apply(new ResourceDetectionOptions(), "env,gcp"));

    [Fact]
    public void Options_ThatMakeNoSense_AreErrors()
    {
        var wrong = new ResourceDetectionOptions { Timeout = TimeSpan.Zero, Detectors = { (ResourceDetector)99 } };

        Assert.Equal(["resource_detectors", "resource_detection_timeout"], Errors(wrong));
        Assert.Equal(["resource_detection_timeout"], Errors(new ResourceDetectionOptions { Timeout = TimeSpan.FromSeconds(61) }));
        Assert.Equal(["resource_detection_timeout"], Errors(new ResourceDetectionOptions { Timeout = Timeout.InfiniteTimeSpan }));
        Assert.Empty(Errors(new ResourceDetectionOptions()));
    }

    private static List<string> Errors(ResourceDetectionOptions options)
    {
        var errors = new Collected();
        ResourceDetectionSettings.Validate(options, errors);
        return errors.Settings;
    }

    private Setting Row(string name) => _rows.Single(row => row.Name == name);

    private sealed class Collected : SettingErrors
    {
        public List<string> Settings { get; } = [];

        public override void Add(string setting, string problem) => Settings.Add(setting);
    }
}
